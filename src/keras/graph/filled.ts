/** A list of one number, several times. */
export function filled(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}
