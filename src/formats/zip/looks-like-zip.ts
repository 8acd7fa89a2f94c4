/** Whether the bytes begin as a zip archive does: with a local header, or with the end of an empty one. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return false;
  return (bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6 && bytes.length >= 22);
}
