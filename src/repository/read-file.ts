import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { AbortedError } from '../errors/aborted-error.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { readInThread, THREAD_BYTES } from './read-in-thread.ts';
import type { OpenedPath } from '../spec/model-repository.ts';

/** Bytes read and hashed between two returns to the event loop. */
const CHUNK_BYTES = 1 << 20;

/** A file's content with its digest. */
export interface HashedFile {
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Bounds of one read. */
export interface ReadOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void;
  /** Told of the file that was opened; refuses it by throwing. */
  readonly onFile?: ((opened: FileMode) => void) | undefined;
}

/** Who may do what with a path, as far as its own mode says. */
export type FileMode = Pick<OpenedPath, 'path' | 'mode' | 'gid'>;

/**
 * Reads a regular file once, hashing it on the way. FIFOs, devices and directories are refused
 * without waiting on them.
 *
 * @param path absolute, links already resolved
 * @throws `ML_ARTEFACT_MISSING`, `_UNREADABLE`, `_NOT_A_FILE`, `_TOO_LARGE`, `_CHANGED`; `ML_ABORTED`
 */
export async function readHashed(path: string, options: ReadOptions): Promise<HashedFile> {
  const file = await openRegular(path);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw notAFile(path, kindOf(before));
    options.onFile?.({ path, mode: Number(before.mode), gid: Number(before.gid) });
    const size = Number(before.size);
    if (size > options.maxBytes) throw tooLarge(path, size, options.maxBytes);
    const content = await readAll(file, size, { path, ...options });
    const after = await file.stat({ bigint: true });
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw changed(path);
    return content;
  } catch (error) {
    if (MLServiceError.isInstance(error)) throw error;
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
}

/** The path with every link resolved. Throws `ML_ARTEFACT_MISSING` or `ML_ARTEFACT_UNREADABLE`. */
export async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function openRegular(path: string): Promise<FileHandle> {
  // O_NONBLOCK: opening a FIFO must not wait for its writer. O_NOFOLLOW: links were resolved, a new one is an attack.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  try {
    return await open(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO' || code === 'EOPNOTSUPP') throw notAFile(path, 'a socket or device');
    if (code === 'ELOOP') throw changed(path);
    throw unreadable(path, error);
  }
}

async function readAll(
  file: FileHandle,
  size: number,
  options: ReadOptions & { readonly path: string },
): Promise<HashedFile> {
  const { path } = options;
  const elsewhere = size < THREAD_BYTES ? undefined : readInThread({ descriptor: file.fd, size, path }, options);
  if (elsewhere === undefined) return readHere(file, size, options);
  const content = await elsewhere;
  if (content === undefined) throw changed(path);
  return content;
}

async function readHere(
  file: FileHandle,
  size: number,
  options: ReadOptions & { readonly path: string },
): Promise<HashedFile> {
  const bytes = new Uint8Array(size);
  const hash = createHash('sha256');
  let at = 0;
  while (at < bytes.length) {
    if (options.signal.aborted)
      throw new AbortedError('ML_ABORTED', `reading ${options.path} was aborted`, { cause: options.signal.reason });
    const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK_BYTES, bytes.length - at), at);
    if (bytesRead === 0) throw changed(options.path);
    hash.update(bytes.subarray(at, at + bytesRead));
    at += bytesRead;
    options.onProgress?.(at, bytes.length);
  }
  return { bytes, sha256: hash.digest('hex') };
}

function kindOf(stat: { isDirectory(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a FIFO';
  return stat.isSocket() ? 'a socket' : 'a device';
}

function notAFile(path: string, kind: string): ArtefactError {
  return new ArtefactError('ML_ARTEFACT_NOT_A_FILE', `${path} is ${kind}, not a regular file`, {
    details: { path, kind },
  });
}

export function tooLarge(path: string, size: number, maxBytes: number): ArtefactError {
  return new ArtefactError(
    'ML_ARTEFACT_TOO_LARGE',
    `${path} has ${size} bytes, the limit is ${maxBytes}; raise limits.maxModelBytes (ML_MAX_MODEL_BYTES)`,
    {
      details: { path, size, maxBytes },
    },
  );
}

function changed(path: string): ArtefactError {
  return new ArtefactError(
    'ML_ARTEFACT_CHANGED',
    `${path} changed while it was read; write a temporary file and rename it when it is complete`,
    { details: { path } },
  );
}

/** What the operating system's error means here. */
export function unreadable(path: string, cause: unknown): ArtefactError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ArtefactError('ML_ARTEFACT_MISSING', `${path} does not exist`, { details: { path }, cause });
  }
  if (code === 'ELOOP') {
    return new ArtefactError('ML_ARTEFACT_ESCAPES', `${path} is a link to itself, directly or in a circle`, {
      details: { path },
      cause,
    });
  }
  return new ArtefactError(
    'ML_ARTEFACT_UNREADABLE',
    `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      details: { path, errno: code },
      cause,
    },
  );
}
