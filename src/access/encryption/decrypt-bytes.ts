import { createDecipheriv, timingSafeEqual } from 'node:crypto';
import { setImmediate as yieldToLoop } from 'node:timers/promises';
import { EncryptionError } from '../../errors/encryption-error.ts';
import type { EncryptionOptions } from '../../spec/encryption.ts';
import { type ReadHeader, readHeader, TAG_BYTES, truncated } from './file-header.ts';
import { type FileKeys, fileKeys, nonceOf } from './file-keys.ts';

/** Bytes that are decrypted between two returns to the event loop. */
const SLICE_BYTES = 4 << 20;

/**
 * The plain content of an encrypted file. Nothing is given out before every chunk was authenticated.
 *
 * @param name for messages
 * @throws the `ML_ENCRYPTION_*` errors
 */
export async function decryptBytes(
  file: Uint8Array,
  name: string,
  encryption: EncryptionOptions | undefined,
): Promise<Uint8Array> {
  const header = readHeader(file, name);
  const { chunkPower, plainBytes } = header;
  const chunkBytes = 2 ** chunkPower;
  const chunks = Math.ceil(plainBytes / chunkBytes);
  const expected = header.bytes.length + plainBytes + chunks * TAG_BYTES;
  if (file.length < expected) throw truncated(name);
  if (file.length > expected) throw tampered(name, 'there are bytes after its end');
  const keys = await keysOf(header, name, encryption);
  try {
    if (!timingSafeEqual(keys.commitment, header.commitment)) {
      throw new EncryptionError(
        'ML_ENCRYPTION_KEY_WRONG',
        `${name} was not encrypted with the key that was given for ${JSON.stringify(header.keyId)}, or its head was changed`,
        { details: { name, keyId: header.keyId } },
      );
    }
    const plain = new Uint8Array(plainBytes);
    for (let i = 0, at = header.bytes.length; i < chunks; i++) {
      const from = i * chunkBytes;
      const length = Math.min(chunkBytes, plainBytes - from);
      openChunk(file.subarray(at, at + length + TAG_BYTES), plain.subarray(from, from + length), {
        header,
        keys,
        name,
        index: i,
        last: i === chunks - 1,
      });
      at += length + TAG_BYTES;
      if ((from + length) % SLICE_BYTES < length) await yieldToLoop();
    }
    return plain;
  } finally {
    keys.forget();
  }
}

interface Chunk {
  readonly header: ReadHeader;
  readonly keys: FileKeys;
  readonly name: string;
  readonly index: number;
  readonly last: boolean;
}

function openChunk(sealed: Uint8Array, plain: Uint8Array, { header, keys, name, index, last }: Chunk): void {
  const decipher = createDecipheriv('aes-256-gcm', keys.cipher, nonceOf(keys, index, last), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(header.bytes);
  decipher.setAuthTag(sealed.subarray(plain.length));
  plain.set(decipher.update(sealed.subarray(0, plain.length)));
  try {
    decipher.final();
  } catch {
    // What was written so far is not given out.
    throw tampered(name, `chunk ${index} is not the one that was written there`);
  }
}

async function keysOf(
  { keyId, salt }: ReadHeader,
  name: string,
  encryption: EncryptionOptions | undefined,
): Promise<FileKeys> {
  const id = JSON.stringify(keyId);
  const details = { name, keyId };
  let key: unknown;
  try {
    key = await encryption?.key(keyId);
  } catch (cause) {
    throw new EncryptionError(
      'ML_ENCRYPTION_KEY_UNAVAILABLE',
      `${name} is encrypted with the key ${id}, and encryption.key failed to give it`,
      { details, cause },
    );
  }
  if (key === undefined) {
    const remedy = encryption === undefined ? 'set the option encryption: { key }' : 'encryption.key gave none for it';
    throw new EncryptionError('ML_ENCRYPTION_KEY_MISSING', `${name} is encrypted with the key ${id}; ${remedy}`, {
      details,
    });
  }
  return fileKeys(key, salt, keyId);
}

function tampered(name: string, what: string): EncryptionError {
  return new EncryptionError(
    'ML_ENCRYPTION_TAMPERED',
    `${name} was changed after it was encrypted: ${what}; restore the file`,
    { details: { name } },
  );
}
