const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** Where a file's superblock begins: at 0, or at 512, 1024, 2048, ... after a user block. */
export function findSignature(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + SIGNATURE.length <= bytes.length; at = at === 0 ? 512 : at * 2) {
    if (SIGNATURE.equals(bytes.subarray(at, at + SIGNATURE.length))) return at;
  }
  return undefined;
}

/** Whether the bytes are those of an HDF5 file, with or without a user block before it. */
export function looksLikeHdf5(bytes: Uint8Array): boolean {
  return findSignature(bytes) !== undefined;
}
