import { reduce } from './reduce';
import { Stream } from './stream';

const push = (list: any[], item: any) => (list.push(item), list);

function pushTo<T>(list: T[], item: T, index: number) {
  if (index === 0) {
    return [item];
  }
  list.push(item);
  return list;
}

/** Collects all items into one list. */
export function toList<T>(source: Stream<T>): Stream<T[]> {
  return reduce(push, [] as T[])(source);
}
