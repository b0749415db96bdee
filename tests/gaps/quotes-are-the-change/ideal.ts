/**
 * Logs what was chosen.
 * // 'first'
 * // 'second'
 */
export function log(choice: string) {
  console.log(choice);
}
