/** Whether a page of an array of chunks was ever written: the highest bit of a byte comes first. */
export function lookupBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}
