/** Bytes of the length of a key, by the marker before it. */
const LENGTH_BYTES: ReadonlyMap<number, number> = new Map([
  [0x69, 1],
  [0x55, 1],
  [0x49, 2],
  [0x6c, 4],
  [0x4c, 8],
]);

/** Whether the bytes begin as a UBJSON object whose first key is one of `keys` (ASCII, shorter than 128). */
export function startsWithKey(bytes: Uint8Array, keys: readonly string[]): boolean {
  const width = LENGTH_BYTES.get(bytes[1] ?? 0);
  if (bytes[0] !== 0x7b || width === undefined) return false;
  const start = 2 + width;
  const length = bytes[start - 1] ?? 0;
  if (bytes.subarray(2, start - 1).some((byte) => byte !== 0)) return false;
  const key = Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
  return keys.includes(key);
}
