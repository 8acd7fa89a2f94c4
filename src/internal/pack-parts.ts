const LENGTH = 4;

/**
 * Several pieces of bytes in one, after a header that says what they are: its length (uint32, little-endian), the header
 * as JSON with the `sizes` of the pieces, the pieces.
 */
export function packParts(header: Readonly<Record<string, unknown>>, parts: readonly Uint8Array[]): Uint8Array {
  const text = Buffer.from(JSON.stringify({ ...header, sizes: parts.map((part) => part.length) }));
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, ...parts]);
}
