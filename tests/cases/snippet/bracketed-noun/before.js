import { oven } from './oven';
import { timer } from './timer';

export function bake(loaf) {
    oven.heat();
    timer.start(loaf.minutes);
    return oven.take(loaf);
}
