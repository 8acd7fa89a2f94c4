import { EncryptionError } from '../../errors/encryption-error.ts';

/** The first byte is no ASCII and there are both kinds of line ends: a transfer as text is noticed. */
const MAGIC = Uint8Array.of(0x89, 0x42, 0x4d, 0x4c, 0x53, 0x0d, 0x0a, 0x1a);
const VERSION = 1;
const FIXED_BYTES = 84;
const MIN_CHUNK_POWER = 12;
const MAX_CHUNK_POWER = 24;

export const SALT_BYTES = 32;
export const COMMITMENT_BYTES = 32;
/** Bytes that each chunk grows by. */
export const TAG_BYTES = 16;
export const CHUNK_POWER = 20;

/** What stands before the chunks; `docs/encryption.md` has it byte by byte. */
export interface FileHeader {
  readonly keyId: string;
  /** A chunk has 2 to the power of this many bytes of the plain file. */
  readonly chunkPower: number;
  /** Bytes of the plain file. */
  readonly plainBytes: number;
  /** Makes the keys of this file others than those of every other file. */
  readonly salt: Uint8Array;
  /** Tells whether a key is the right one. */
  readonly commitment: Uint8Array;
}

/** A header with the bytes that it was read from: they are authenticated with each chunk. */
export interface ReadHeader extends FileHeader {
  readonly bytes: Uint8Array;
}

/** Whether a file says that it is encrypted in this way. */
export function isEncrypted(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte);
}

/** @param header `keyId` of 1 to 255 bytes in UTF-8 */
export function writeHeader({ keyId, chunkPower, plainBytes, salt, commitment }: FileHeader): Uint8Array {
  const id = new TextEncoder().encode(keyId);
  const bytes = new Uint8Array(FIXED_BYTES + id.length);
  bytes.set(MAGIC);
  bytes.set([VERSION, chunkPower, id.length, 0], 8);
  new DataView(bytes.buffer).setBigUint64(12, BigInt(plainBytes), true);
  bytes.set(salt, 20);
  bytes.set(commitment, 52);
  bytes.set(id, FIXED_BYTES);
  return bytes;
}

/**
 * Reads a header; nothing of it is proved before a chunk was opened with it.
 *
 * @throws `ML_ENCRYPTION_INVALID`, `ML_ENCRYPTION_TRUNCATED`
 */
export function readHeader(file: Uint8Array, name: string): ReadHeader {
  if (!isEncrypted(file)) throw invalid(name, 'it does not begin as one');
  if (file.length < FIXED_BYTES) throw truncated(name);
  const [version = 0, chunkPower = 0, idBytes = 0, reserved = 0] = file.subarray(8, 12);
  if (version !== VERSION) throw invalid(name, `it is of version ${version}, this library reads version ${VERSION}`);
  if (chunkPower < MIN_CHUNK_POWER || chunkPower > MAX_CHUNK_POWER || idBytes === 0 || reserved !== 0)
    throw invalid(name, 'its head is damaged');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const plainBytes = Number(view.getBigUint64(12, true));
  if (plainBytes === 0 || !Number.isSafeInteger(plainBytes)) throw invalid(name, 'its head is damaged');
  const end = FIXED_BYTES + idBytes;
  if (file.length < end) throw truncated(name);
  let keyId: string;
  try {
    keyId = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(FIXED_BYTES, end));
  } catch {
    throw invalid(name, 'its head is damaged');
  }
  const salt = file.slice(20, 20 + SALT_BYTES);
  const commitment = file.slice(52, 52 + COMMITMENT_BYTES);
  return { keyId, chunkPower, plainBytes, salt, commitment, bytes: file.slice(0, end) };
}

function invalid(name: string, why: string): EncryptionError {
  return new EncryptionError('ML_ENCRYPTION_INVALID', `${name} is no encrypted model that can be opened: ${why}`, {
    details: { name },
  });
}

export function truncated(name: string): EncryptionError {
  return new EncryptionError(
    'ML_ENCRYPTION_TRUNCATED',
    `${name} is encrypted and ends in the middle; copy the file again`,
    { details: { name } },
  );
}
