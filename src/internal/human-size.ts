const UNITS: ReadonlyMap<string, number> = new Map([
  ['b', 0],
  ['k', 1],
  ['m', 2],
  ['g', 3],
  ['t', 4],
]);

/**
 * Whether a stated size (`2.5MB`, `12 KiB`, `1024`, a number of bytes) is the size of a file, to the
 * rounding of what is stated. `KB` may mean 1,000 or 1,024 bytes, as tools differ.
 *
 * @returns `undefined` where the text is no size
 */
export function sizeMatches(stated: string | number, bytes: number): boolean | undefined {
  if (typeof stated === 'number') return stated === bytes;
  const match = /^\s*(\d+(?:\.(\d+))?)\s*(?:([kmgt]?)(i?)b?|bytes?)\s*$/i.exec(stated);
  if (match === null) return undefined;
  const [, digits = '', decimals = '', prefix = '', binary = ''] = match;
  const power = UNITS.get(prefix.toLowerCase() || 'b') as number;
  if (power === 0) return Number(digits) === bytes;
  // Half a unit of the last digit, and a little more for tools that cut off instead of rounding.
  const slack = 10 ** -decimals.length;
  const bases = binary === '' ? [1000, 1024] : [1024];
  return bases.some((base) => Math.abs(bytes / base ** power - Number(digits)) <= slack);
}
