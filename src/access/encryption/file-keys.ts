import { hkdf } from 'node:crypto';
import { promisify } from 'node:util';
import { EncryptionError } from '../../errors/encryption-error.ts';
import { COMMITMENT_BYTES } from './file-header.ts';

const derive = promisify(hkdf);

export const KEY_BYTES = 32;
const NONCE_PREFIX_BYTES = 7;
const INFO = 'base-ml-service encrypted model v1';

/** What one file is encrypted with, made of the key and the file's salt. */
export interface FileKeys {
  /** For AES-256-GCM. */
  readonly cipher: Uint8Array;
  /**
   * Stands in the file. AES-GCM alone does not bind a file to one key: with some effort a file can be made that two keys
   * open, each to other content.
   */
  readonly commitment: Uint8Array;
  readonly noncePrefix: Uint8Array;
  /** Overwrites them. */
  forget(): void;
}

/** @throws `ML_ENCRYPTION_KEY_INVALID`; the key's bytes are not in the message */
export async function fileKeys(key: unknown, salt: Uint8Array, keyId: string): Promise<FileKeys> {
  if (!(key instanceof Uint8Array) || key.length !== KEY_BYTES) {
    const got = key instanceof Uint8Array ? `${key.length} bytes` : `a ${typeof key}`;
    throw new EncryptionError(
      'ML_ENCRYPTION_KEY_INVALID',
      `the key ${JSON.stringify(keyId)} must be a Uint8Array of ${KEY_BYTES} bytes, it is ${got}`,
      { details: { keyId } },
    );
  }
  const bytes = new Uint8Array(
    await derive('sha256', key, salt, INFO, KEY_BYTES + COMMITMENT_BYTES + NONCE_PREFIX_BYTES),
  );
  return {
    cipher: bytes.subarray(0, KEY_BYTES),
    commitment: bytes.subarray(KEY_BYTES, KEY_BYTES + COMMITMENT_BYTES),
    noncePrefix: bytes.subarray(KEY_BYTES + COMMITMENT_BYTES),
    forget: () => bytes.fill(0),
  };
}

/**
 * The nonce of a chunk, as in the STREAM construction: no chunk can stand in another's place, and none but the last is
 * taken for the last.
 */
export function nonceOf({ noncePrefix }: FileKeys, index: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(12);
  nonce.set(noncePrefix);
  new DataView(nonce.buffer).setUint32(7, index);
  nonce[11] = Number(last);
  return nonce;
}
