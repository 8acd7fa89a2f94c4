import type { ByteSource } from '../spec/byte-source.ts';

/** Bytes in memory as a source; reading gives views. The reader checks that what it asks for exists. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}
