export function pick(items, size) {
  // nothing can be picked from wrong items or with a small size
  if (!items || size < 1) {
    return [];
  }
  return items.slice(0, size);
}
