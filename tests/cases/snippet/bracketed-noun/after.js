import { oven } from './oven';
import { timer } from './timer';

export function bake(loaf) {
    oven.heat();
    oven.steam();
    timer.start(loaf.minutes);
    return oven.take(loaf);
}
