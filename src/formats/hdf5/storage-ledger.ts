import type { FileBytes } from './file-bytes.ts';
import { malformed, overLimit } from './hdf5-problem.ts';

/** Bytes that may come of nothing (fill values, padding of chunks) or of extreme compression, in one file. */
export const FREE_BYTES: number = 128 * 1024 ** 2;
/** Bytes that one stored byte may become beyond that. Deflate reaches 1,032 for zeros, 2 for real weights. */
export const MAX_EXPANSION = 256;

/**
 * Keeps what is read in proportion to what is stored: however often datasets are declared, they cannot have more bytes
 * together than the file, or become more than a multiple of it.
 */
export class StorageLedger {
  readonly #file: FileBytes;
  readonly #charged = new Set<number>();
  #stored = 0;
  #free = 0;

  constructor(file: FileBytes) {
    this.#file = file;
  }

  /**
   * Notes the storage of an object, once for each.
   *
   * @param stored bytes that its values take in the file
   * @param produced bytes that they become
   */
  charge(object: number, stored: number, produced: number): void {
    if (this.#charged.has(object)) return;
    if (this.#stored + stored > this.#file.size) {
      throw malformed('the datasets read so far have more bytes than the file: their storage overlaps');
    }
    const free = Math.max(0, produced - stored * MAX_EXPANSION);
    if (this.#free + free > FREE_BYTES) {
      throw overLimit(
        `${produced} bytes are declared and ${stored} stored; at most ${MAX_EXPANSION} times as many are read, ` +
          `beyond ${FREE_BYTES} bytes`,
        FREE_BYTES,
      );
    }
    this.#charged.add(object);
    this.#stored += stored;
    this.#free += free;
  }
}
