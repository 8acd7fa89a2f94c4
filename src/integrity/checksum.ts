import { createHash } from 'node:crypto';
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { IntegrityError } from '../errors/integrity-error.ts';

/** A checksum as metadata states it. */
export interface Checksum {
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly digest: string;
}

/** Hex digits of each accepted algorithm. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
  ['blake2b512', 128],
]);
const WEAK: ReadonlySet<string> = new Set(['md5', 'sha1']);
const SLICE_BYTES = 4 << 20;

/**
 * Reads `sha256:<hex>` (also sha384, sha512, blake2b512); 64 hex digits alone are sha256.
 *
 * @throws `ML_CHECKSUM_WEAK` for md5 and sha1, `ML_CHECKSUM_INVALID`
 */
export function parseChecksum(text: string): Checksum {
  const match = /^(?:([a-z0-9-]+)[:=])?([0-9a-f]+)$/i.exec(text.trim());
  const digest = match?.[2]?.toLowerCase() ?? '';
  const algorithm = normalise(match?.[1] ?? (digest.length === 64 ? 'sha256' : ''));
  if (WEAK.has(algorithm)) {
    throw new IntegrityError(
      'ML_CHECKSUM_WEAK',
      `${algorithm} proves nothing about a file; state its sha256 instead of ${shorten(text)}`,
      { details: { checksum: text } },
    );
  }
  if (LENGTHS.get(algorithm) !== digest.length || digest === '') {
    throw new IntegrityError(
      'ML_CHECKSUM_INVALID',
      `checksum ${shorten(text)} is not <algorithm>:<hex digest>; write sha256: and 64 hex digits (accepted: ${[...LENGTHS.keys()].join(', ')})`,
      { details: { checksum: text } },
    );
  }
  return { algorithm, digest };
}

/** Hashes in slices, so that large files do not hold the event loop. */
export async function digestOf(bytes: Uint8Array, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
    if (at + SLICE_BYTES < bytes.length) await yieldToLoop();
  }
  return hash.digest('hex');
}

function normalise(algorithm: string): string {
  const plain = algorithm.toLowerCase().replaceAll('-', '');
  return plain === 'blake2b' ? 'blake2b512' : plain;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
