import { createHash } from 'node:crypto';
import type { ByteSource } from '../spec/byte-source.ts';
import { digestOf } from './checksum.ts';

/** Bytes read and hashed in one piece. */
const CHUNK_BYTES: number = 4 * 2 ** 20;

/**
 * Digests of consecutive shards, lower-case hex; none for no bytes.
 *
 * @param shardSize `undefined` for one digest of the whole
 */
export async function digestsOfBytes(
  bytes: Uint8Array,
  algorithm: string,
  shardSize: number | undefined,
): Promise<string[]> {
  if (shardSize === undefined) return [await digestOf(bytes, algorithm)];
  const digests: string[] = [];
  for (let at = 0; at < bytes.length; at += shardSize) {
    digests.push(await digestOf(bytes.subarray(at, at + shardSize), algorithm));
  }
  return digests;
}

/** The same of a file that stays open, read once and never held whole. */
export async function digestsOfSource(source: ByteSource, algorithm: string, shardSize: number): Promise<string[]> {
  const digests: string[] = [];
  for (let start = 0; start < source.size; start += shardSize) {
    const end = Math.min(start + shardSize, source.size);
    const hash = createHash(algorithm);
    for (let at = start; at < end; at += CHUNK_BYTES) {
      hash.update(await source.read(at, Math.min(CHUNK_BYTES, end - at)));
    }
    digests.push(hash.digest('hex'));
  }
  return digests;
}
