import { Dock, Ferry, Tide } from './harbour';
import { Clock } from './clock';
import { log } from './log';

export class Timetable {
  constructor(private readonly clock: Clock) {}

  next(ferry: Ferry, dock: Dock): Tide {
    log(ferry.name);
    return dock.tideAt(this.clock.now());
  }
}
