import { createHash } from 'node:crypto';
import { type BigIntStats, close, constants, fstat, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { AbortedError } from '../errors/aborted-error.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { FormatError } from '../errors/format-error.ts';
import type { SlicedFile } from '../spec/artefact.ts';
import { type FileMode, unreadable } from './read-file.ts';

const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat) as (fd: number, options: { bigint: true }) => Promise<BigIntStats>;
const readFile = promisify(read);

/** Bytes of one call to the operating system, and between two looks at the signal while hashing. */
const CHUNK_BYTES = 16 << 20;

/** Closes what a caller forgot to dispose; who disposes closes at once. */
const forgotten = new FinalizationRegistry<number>((fd) => close(fd));

/**
 * Opens a regular file for reading in pieces.
 *
 * @param path absolute, links already resolved
 * @param onFile told of the file that was opened; refuses it by throwing
 * @throws `ML_ARTEFACT_MISSING`, `_UNREADABLE`, `_CHANGED`
 */
export async function openSlices(path: string, onFile?: (opened: FileMode) => void): Promise<SlicedFile> {
  try {
    const fd = await openFile(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
    try {
      const stat = await statFile(fd, { bigint: true });
      if (!stat.isFile()) throw changed(path);
      onFile?.({ path, mode: Number(stat.mode), gid: Number(stat.gid) });
      return new OpenFile(fd, path, stat);
    } catch (error) {
      await closeFile(fd);
      throw error;
    }
  } catch (error) {
    throw error instanceof ArtefactError ? error : unreadable(path, error);
  }
}

class OpenFile implements SlicedFile {
  readonly size: number;
  readonly #path: string;
  #known: BigIntStats;
  readonly #digests = new Map<string, Promise<string>>();
  #fd: number | undefined;

  constructor(fd: number, path: string, opened: BigIntStats) {
    this.#fd = fd;
    this.#path = path;
    this.#known = opened;
    this.size = Number(opened.size);
    forgotten.register(this, fd, this);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new FormatError(
        'ML_FORMAT_TRUNCATED',
        `${this.#path} has ${this.size} bytes, ${length} from byte ${offset} are needed; copy the file again`,
        { details: { path: this.#path, offset, length } },
      );
    }
    const bytes = new Uint8Array(length);
    await this.#compare();
    await this.#fill(bytes, offset);
    await this.#compare();
    return bytes;
  }

  digest(algorithm: string, signal?: AbortSignal): Promise<string> {
    const known = this.#digests.get(algorithm);
    if (known !== undefined) return known;
    const hashing = this.#hash(algorithm, signal);
    this.#digests.set(algorithm, hashing);
    // One that was aborted is no answer for the next who asks.
    hashing.catch(() => this.#digests.delete(algorithm));
    return hashing;
  }

  async close(): Promise<void> {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    forgotten.unregister(this);
    await closeFile(fd);
  }

  async #hash(algorithm: string, signal: AbortSignal | undefined): Promise<string> {
    const hash = createHash(algorithm);
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, this.size));
    await this.#compare();
    for (let at = 0; at < this.size; at += chunk.length) {
      if (signal?.aborted === true) {
        throw new AbortedError('ML_ABORTED', `hashing ${this.#path} was aborted`, { cause: signal.reason });
      }
      const piece = chunk.subarray(0, Math.min(chunk.length, this.size - at));
      await this.#fill(piece, at);
      hash.update(piece);
    }
    await this.#compare();
    return hash.digest('hex');
  }

  async #fill(bytes: Uint8Array, offset: number): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await this.#os((fd) =>
        readFile(fd, bytes, at, Math.min(CHUNK_BYTES, bytes.length - at), offset + at),
      );
      if (bytesRead === 0) throw changed(this.#path);
      at += bytesRead;
    }
  }

  /**
   * The file must still be the one that was opened, unchanged. Its ctime tells of a write even where mtime was set
   * back; but it also moves when a name is added or taken, as where another file is renamed into its place, and then
   * the number of names has moved too.
   */
  async #compare(): Promise<void> {
    const now = await this.#os((fd) => statFile(fd, { bigint: true }));
    const was = this.#known;
    const isSame = now.size === was.size && now.mtimeNs === was.mtimeNs && now.ino === was.ino && now.dev === was.dev;
    if (!isSame || (now.ctimeNs !== was.ctimeNs && now.nlink === was.nlink)) throw changed(this.#path);
    this.#known = now;
  }

  async #os<T>(call: (fd: number) => Promise<T>): Promise<T> {
    const fd = this.#fd;
    if (fd === undefined) throw unreadable(this.#path, new Error('it was closed'));
    try {
      return await call(fd);
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }
}

function changed(path: string): ArtefactError {
  return new ArtefactError(
    'ML_ARTEFACT_CHANGED',
    `${path} changed since it was opened, and its tensors are read from it as they are asked for; load it again, and replace files by renaming`,
    { details: { path } },
  );
}
