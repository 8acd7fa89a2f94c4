import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AbortedError } from '../errors/aborted-error.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { unreadable } from '../repository/read-file.ts';

const CHUNK_BYTES = 1 << 20;

/** What was read of a file. */
export interface Digested {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
  /** Of the algorithms asked for besides sha256. */
  readonly digests: ReadonlyMap<string, string>;
}

/** How a file is read. */
export interface DigestOptions {
  readonly signal: AbortSignal;
  /** Further algorithms of `node:crypto`. Default none. */
  readonly algorithms?: readonly string[];
  /** Told of every piece that was read. */
  readonly onBytes?: (bytes: number) => void;
}

/** Where bytes go to. */
export type Write = (chunk: Uint8Array) => Promise<void>;

const NOWHERE: Write = () => Promise.resolve();

/**
 * Reads a regular file to its end, hashing it on the way: what was hashed is what `write` was given.
 *
 * @param path absolute, links already resolved
 * @throws `ML_ARTEFACT_*`, `ML_ABORTED`; what `write` throws
 */
export async function digestFile(path: string, options: DigestOptions, write: Write = NOWHERE): Promise<Digested> {
  const file = await openRegular(path);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile())
      throw new ArtefactError('ML_ARTEFACT_NOT_A_FILE', `${path} is no regular file`, { details: { path } });
    const result = await digestChunks(chunksOf(file, path), options, write);
    const after = await file.stat({ bigint: true });
    const same = after.size === before.size && after.mtimeNs === before.mtimeNs && Number(after.size) === result.size;
    if (!same)
      throw new ArtefactError('ML_ARTEFACT_CHANGED', `${path} changed while it was copied; try again`, {
        details: { path },
      });
    return result;
  } finally {
    await file.close();
  }
}

/** As `digestFile`, for bytes that come from elsewhere. */
export async function digestChunks(
  chunks: AsyncIterable<Uint8Array>,
  { signal, algorithms = [], onBytes }: DigestOptions,
  write: Write = NOWHERE,
): Promise<Digested> {
  const sha256 = createHash('sha256');
  const others = new Map<string, Hash>(algorithms.map((algorithm) => [algorithm, createHash(algorithm)]));
  let size = 0;
  for await (const chunk of chunks) {
    if (signal.aborted) throw new AbortedError('ML_ABORTED', 'copying was aborted', { cause: signal.reason });
    sha256.update(chunk);
    for (const hash of others.values()) hash.update(chunk);
    await write(chunk);
    size += chunk.length;
    onBytes?.(chunk.length);
  }
  const digests = new Map(Array.from(others, ([algorithm, hash]) => [algorithm, hash.digest('hex')]));
  return { sha256: sha256.digest('hex'), size, digests };
}

/** Writes every byte, however many calls that takes. */
export function writerTo(file: FileHandle): Write {
  return async (chunk) => {
    for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
  };
}

async function openRegular(path: string): Promise<FileHandle> {
  try {
    // As in `readHashed`: never wait on a FIFO, never follow a link that was not there before.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* chunksOf(file: FileHandle, path: string): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
