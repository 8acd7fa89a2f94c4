import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ArtefactError } from '../../errors/artefact-error.ts';
import { ConfigurationError } from '../../errors/configuration-error.ts';
import { EncryptionError } from '../../errors/encryption-error.ts';
import { errnoOf, exists, isOfSystem, writeAsNew } from '../../internal/durable.ts';
import { CHUNK_POWER, isEncrypted, SALT_BYTES, TAG_BYTES, writeHeader } from './file-header.ts';
import { fileKeys, nonceOf } from './file-keys.ts';

/** With what a file is encrypted. */
export interface EncryptModelOptions {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Stands in the file in the clear: by it `encryption.key` is asked. 1 to 255 bytes in UTF-8. */
  readonly keyId: string;
}

/** A file that was written. */
export interface EncryptedFile {
  readonly path: string;
  readonly bytes: number;
  /** Of the encrypted file, lower-case hex: what the metadata's `checksum` has to say. */
  readonly sha256: string;
}

/** See `encryptModel` in `lazy.ts`. */
export async function encryptModel(
  input: string,
  output: string,
  { key, keyId }: EncryptModelOptions,
): Promise<EncryptedFile> {
  checkKeyId(keyId);
  try {
    if (await exists(output)) throw taken(output);
    const source = await openInput(input);
    try {
      const { size, mode } = await source.stat();
      const write = (target: FileHandle): Promise<Omit<EncryptedFile, 'path'>> =>
        writeEncrypted({ source, target, input, size }, { key, keyId });
      return { path: output, ...(await writeAsNew(output, write, mode & 0o777)) };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    // Somebody else wrote it meanwhile.
    if (errnoOf(error) === 'EEXIST') throw taken(output);
    throw new EncryptionError('ML_ENCRYPTION_FAILED', `${output} could not be written: ${error.message}`, {
      details: { path: output, errno: error.code },
      cause: error,
    });
  }
}

function taken(output: string): ConfigurationError {
  return new ConfigurationError('ML_OPTIONS_INVALID', `${output} exists already; choose another name or remove it`);
}

interface Files {
  readonly source: FileHandle;
  readonly target: FileHandle;
  readonly input: string;
  readonly size: number;
}

async function writeEncrypted(
  { source, target, input, size }: Files,
  { key, keyId }: EncryptModelOptions,
): Promise<Omit<EncryptedFile, 'path'>> {
  const salt = randomBytes(SALT_BYTES);
  const keys = await fileKeys(key, salt, keyId);
  try {
    const header = writeHeader({
      keyId,
      chunkPower: CHUNK_POWER,
      plainBytes: size,
      salt,
      commitment: keys.commitment,
    });
    const hash = createHash('sha256');
    let bytes = 0;
    const write = async (piece: Uint8Array): Promise<void> => {
      hash.update(piece);
      bytes += piece.length;
      await target.writeFile(piece);
    };
    await write(header);
    const chunk = new Uint8Array(2 ** CHUNK_POWER);
    for (let index = 0, at = 0; at < size; index++) {
      const length = Math.min(chunk.length, size - at);
      await fill(source, chunk.subarray(0, length), { at, input });
      if (at === 0 && isEncrypted(chunk))
        throw new ConfigurationError('ML_OPTIONS_INVALID', `${input} is encrypted already`);
      at += length;
      const cipher = createCipheriv('aes-256-gcm', keys.cipher, nonceOf(keys, index, at === size), {
        authTagLength: TAG_BYTES,
      });
      cipher.setAAD(header);
      await write(cipher.update(chunk.subarray(0, length)));
      cipher.final();
      await write(cipher.getAuthTag());
    }
    const { size: after } = await source.stat();
    if (after !== size) throw changed(input);
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    keys.forget();
  }
}

async function fill(
  source: FileHandle,
  chunk: Uint8Array,
  { at, input }: { readonly at: number; readonly input: string },
): Promise<void> {
  for (let got = 0; got < chunk.length; ) {
    const { bytesRead } = await source.read(chunk, got, chunk.length - got, at + got);
    if (bytesRead === 0) throw changed(input);
    got += bytesRead;
  }
}

async function openInput(input: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(input, 'r');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const code = missing ? 'ML_ARTEFACT_MISSING' : 'ML_ARTEFACT_UNREADABLE';
    throw new ArtefactError(code, `${input} ${missing ? 'does not exist' : `cannot be read: ${String(cause)}`}`, {
      details: { path: input },
      cause,
    });
  }
  try {
    await checkInput(file, input);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function checkInput(file: FileHandle, input: string): Promise<void> {
  const found = await file.stat();
  if (found.isFile() && found.size > 0) return;
  if (found.isFile())
    throw new ArtefactError('ML_ARTEFACT_EMPTY', `${input} is empty; there is nothing to encrypt`, {
      details: { path: input },
    });
  throw new ArtefactError(
    'ML_ARTEFACT_NOT_A_FILE',
    `${input} is no regular file; of a directory, encrypt each file under its own name in another directory`,
    { details: { path: input } },
  );
}

function checkKeyId(keyId: string): void {
  const bytes = typeof keyId === 'string' ? Buffer.byteLength(keyId) : 0;
  if (bytes >= 1 && bytes <= 255) return;
  throw new ConfigurationError('ML_OPTIONS_INVALID', 'keyId must be text of 1 to 255 bytes in UTF-8');
}

function changed(path: string): ArtefactError {
  return new ArtefactError('ML_ARTEFACT_CHANGED', `${path} changed while it was encrypted; try again`, {
    details: { path },
  });
}
