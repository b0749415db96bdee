export function sum(items: Array<number>): number {
  let total = 0;
  for (let i = 0; i < items.length && total < 100; i++) {
    total += items[i];
  }
  return total;
}
