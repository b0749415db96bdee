import { reduce } from './reduce';
import { Stream } from './stream';

function pushTo<T>(list: T[], item: T, index: number) {
  if (index === 0) {
    return [item];
  }
  list.push(item);
  return list;
}

/** Collects all items into one list. */
export function toList<T>(source: Stream<T>): Stream<T[]> {
  return reduce(pushTo, [] as T[])(source);
}
