import type { Limits } from '../../spec/limits.ts';
import { Cursor, type FieldSizes } from './cursor.ts';
import { overLimit, truncated } from './hdf5-problem.ts';

/** Metadata may be read this many times over: objects have links, types and attributes in common, within reason. */
const MAX_REREAD = 64;
/** Bytes of metadata that may be read from any file, however small. */
const FREE_METADATA_BYTES: number = 64 * 1024 ** 2;

/** The bytes of a file with what is needed to follow its addresses, which count from the superblock. */
export class FileBytes {
  readonly sizes: FieldSizes;
  readonly limits: Limits;
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #metadataRead = 0;

  constructor(bytes: Uint8Array, base: number, options: { readonly sizes: FieldSizes; readonly limits: Limits }) {
    // Methods of a Buffer differ: its `slice` is a view, which would let a change reach the file.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.sizes = options.sizes;
    this.limits = options.limits;
  }

  /** Bytes that addresses can reach. */
  get size(): number {
    return this.#bytes.length - this.#base;
  }

  /** A view of stored bytes. */
  slice(address: number, length: number, what: string): Uint8Array {
    const left = this.size - address;
    if (!(length <= left)) {
      const have = left < 0 ? `the file ends ${-left} bytes before it` : `${left} are left`;
      throw truncated(`${what} needs ${length} bytes, ${have}`, this.#base + address);
    }
    const start = this.#base + address;
    return this.#bytes.subarray(start, start + length);
  }

  /** A cursor over stored bytes; to the end of the file without a length. */
  cursor(address: number, what: string, length?: number): Cursor {
    const bytes = this.slice(address, length ?? Math.max(0, this.size - address), what);
    return new Cursor(bytes, this.sizes, { what, fileStart: this.#base + address });
  }

  /**
   * Notes that metadata was read, and refuses a file whose objects share it so often that following all of them would
   * cost far more than the file is long.
   */
  spend(bytes: number): void {
    this.#metadataRead += bytes;
    const limit = FREE_METADATA_BYTES + MAX_REREAD * this.size;
    if (this.#metadataRead > limit)
      throw overLimit(`the same metadata is used over and over, ${limit} bytes so far`, limit);
  }

  /** A cursor over bytes that are no longer where they are stored. */
  over(bytes: Uint8Array, what: string): Cursor {
    return new Cursor(bytes, this.sizes, { what });
  }

  offsetOf(address: number): number {
    return this.#base + address;
  }
}
