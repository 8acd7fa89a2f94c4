const MAX_HEADER_BYTES = 100_000_000;

/** Whether the bytes begin as a safetensors file does: the length of a header, then the header's brace. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  // `{}` and a name, or nothing but white space: what follows the brace in JSON.
  return length >= 2n && length <= BigInt(MAX_HEADER_BYTES) && /^[\s"}]$/.test(String.fromCharCode(bytes[9] as number));
}
