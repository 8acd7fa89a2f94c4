import { FormatError } from '../../errors/format-error.ts';
import type { Limits } from '../../spec/limits.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { dataType } from '../tensorflow-proto/data-type.ts';
import { rawTensor } from '../tensorflow-proto/raw-tensor.ts';
import { elementCount } from '../tensorflow-proto/read-shape.ts';
import { type BundleEntry, type BundleIndex, readBundleIndex } from './bundle-index.ts';
import { crc32c, masked } from './crc32c.ts';
import { joinSlices } from './join-slices.ts';
import { readStrings } from './read-strings.ts';
import { sliceKey } from './slice-key.ts';

/** Reads a file that belongs to the checkpoint, by its path from the model's folder. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/**
 * The variables of a TensorFlow checkpoint (a "tensor bundle"). All data files are read when it is
 * opened; a tensor refers to their memory where it can.
 */
export class TensorBundle {
  readonly #index: BundleIndex;
  readonly #shards: readonly Uint8Array[];

  private constructor(index: BundleIndex, shards: readonly Uint8Array[]) {
    this.#index = index;
    this.#shards = shards;
  }

  /**
   * Reads the index and every data file, and checks that each tensor lies within its file.
   *
   * @param prefix e.g. `variables/variables`
   * @throws `ML_ARTEFACT_MISSING` and the like for a file that cannot be read, `ML_FORMAT_*` for what is in them
   */
  static async open(prefix: string, read: ReadFile, limits: Pick<Limits, 'maxElements'>): Promise<TensorBundle> {
    const name = `${prefix}.index`;
    const index = readBundleIndex(await read(name), name, limits);
    const shards: Uint8Array[] = [];
    for (let i = 0; i < index.shards; i++) shards.push(await read(shardName(prefix, i, index.shards)));
    for (const [key, { shard, offset, size, slices }] of index.entries) {
      const data = shards[shard];
      if (slices.length > 0 || (data !== undefined && offset + size <= data.length)) continue;
      const where = data === undefined ? `there is no data file ${shard}` : `the file has ${data.length}`;
      throw new FormatError(
        'ML_FORMAT_TRUNCATED',
        `${shardName(prefix, shard, index.shards)} must hold ${shown(key)} in bytes ${offset} to ${offset + size}, but ${where}; copy the whole folder again`,
        { details: { key, offset, size } },
      );
    }
    return new TensorBundle(index, shards);
  }

  /** Keys of the tensors; parts of tensors, whose keys are binary, are left out. */
  get keys(): readonly string[] {
    return [...this.#index.entries.keys()].filter((key) => !key.startsWith('\0'));
  }

  /** Type and shape of every tensor, by key. */
  describe(): Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[] }>> {
    const each = this.keys.map((key) => {
      const { type, shape } = this.#index.entries.get(key) as BundleEntry;
      return [
        Buffer.from(key, 'latin1').toString('utf8'),
        { dtype: dataType(type).dtype ?? dataType(type).name, shape: shape ?? [] },
      ] as const;
    });
    return Object.fromEntries(each);
  }

  has(key: string): boolean {
    return this.#index.entries.has(latin1(key));
  }

  /**
   * The tensor of a key; its bytes are compared with their checksum.
   *
   * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`
   */
  tensor(key: string): TensorLike {
    const entry = this.#index.entries.get(latin1(key));
    if (entry === undefined) {
      throw new FormatError('ML_FORMAT_MALFORMED', `the checkpoint has no tensor ${shown(key)}`, { details: { key } });
    }
    const what = `the variable ${shown(key)}`;
    if (entry.slices.length === 0) return this.#stored(entry, what);
    const parts = entry.slices.map((slice) => {
      const part = this.#index.entries.get(sliceKey(key, slice));
      if (part === undefined) throw new FormatError('ML_FORMAT_MALFORMED', `${what} lacks one of its parts`);
      return { slice, tensor: this.#stored(part, what) };
    });
    const { dtype, name } = dataType(entry.type);
    if (dtype === undefined || entry.shape === undefined) throw unsupported(what, name);
    return joinSlices(parts, { dtype, shape: entry.shape }, what);
  }

  #stored({ type, shape, shard, offset, size, checksum }: BundleEntry, what: string): TensorLike {
    const { dtype, name } = dataType(type);
    if (dtype === undefined || shape === undefined) throw unsupported(what, name);
    const count = elementCount(shape, what);
    const data = this.#shards[shard];
    if (data === undefined || offset + size > data.length) {
      throw new FormatError('ML_FORMAT_TRUNCATED', `${what} lies past the end of its data file; copy the folder again`);
    }
    const bytes = data.subarray(offset, offset + size);
    if (dtype === 'string') return { data: readStrings(bytes, { count, what, checksum }), shape, dtype };
    if (masked(crc32c(bytes)) !== checksum) {
      throw new FormatError(
        'ML_FORMAT_MALFORMED',
        `${what} has another checksum than the index says: the data file was damaged or is another model's; copy the folder again`,
      );
    }
    return rawTensor(bytes, { dtype, shape }, what);
  }
}

/** Names of the index are bytes; those of a graph are text. */
const latin1 = (key: string): string => Buffer.from(key, 'utf8').toString('latin1');

const shown = (key: string): string => JSON.stringify(Buffer.from(key, 'latin1').toString('utf8'));

function shardName(prefix: string, shard: number, count: number): string {
  const digits = (value: number): string => String(value).padStart(5, '0');
  return `${prefix}.data-${digits(shard)}-of-${digits(count)}`;
}

function unsupported(what: string, type: string): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `${what} is of type ${type}, which the library has no tensors of`);
}
