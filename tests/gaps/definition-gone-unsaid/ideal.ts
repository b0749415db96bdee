import { reduce } from './reduce';
import { Stream } from './stream';

const push = (list: any[], item: any) => (list.push(item), list);

/** Collects all items into one list. */
export function toList<T>(source: Stream<T>): Stream<T[]> {
  return reduce(push, [] as T[])(source);
}
