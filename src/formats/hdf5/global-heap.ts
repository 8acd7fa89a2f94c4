import type { TensorData } from '../../spec/tensor.ts';
import type { Cursor } from './cursor.ts';
import type { FileBytes } from './file-bytes.ts';
import { malformed, overLimit } from './hdf5-problem.ts';

/** The smallest collection that the format allows. */
const MIN_BYTES = 4_096;

/** A collection, and where in it the length of each object stands. */
interface Collection {
  readonly bytes: Cursor;
  readonly positions: ReadonlyMap<number, number>;
}

/** Finds values of varying length, which are kept in collections apart from the elements that refer to them. */
export class GlobalHeap {
  readonly #file: FileBytes;
  readonly #collections = new Map<number, Collection>();
  readonly #values = new Map<string, TensorData | string>();
  #objects = 0;

  constructor(file: FileBytes) {
    this.#file = file;
  }

  /** The value that an element refers to, decoded once for each way (`key`) of decoding. */
  value<T extends TensorData | string>(
    reference: { readonly address: number; readonly index: number; readonly length: number },
    { key, decode }: { readonly key: string; readonly decode: (stored: Uint8Array) => T },
  ): T {
    const { address, index, length } = reference;
    const id = `${address} ${index} ${length} ${key}`;
    let value = this.#values.get(id) as T | undefined;
    if (value === undefined) {
      const stored = this.#object(address, index);
      if (length > stored.length) {
        throw malformed(`a value of ${length} bytes is stored in ${stored.length}`, this.#file.offsetOf(address));
      }
      this.#file.spend(length);
      value = decode(stored.subarray(0, length));
      this.#values.set(id, value);
    }
    return value;
  }

  /** The bytes of one object: a view. */
  #object(address: number, index: number): Uint8Array {
    let collection = this.#collections.get(address);
    if (collection === undefined) {
      collection = this.#read(address);
      this.#collections.set(address, collection);
    }
    const position = collection.positions.get(index);
    if (position === undefined) {
      throw malformed(`the global heap has no object ${index}`, this.#file.offsetOf(address));
    }
    const cursor = collection.bytes.restart();
    cursor.skip(position);
    const length = cursor.length();
    cursor.skip(padding(cursor));
    return cursor.take(length);
  }

  #read(address: number): Collection {
    const header = this.#file.cursor(address, 'a global heap');
    header.signature('GCOL');
    header.version([1]);
    header.skip(3);
    const size = header.length();
    if (size < MIN_BYTES) throw header.malformed(`it has ${size} bytes, at least ${MIN_BYTES} are needed`);
    const cursor = this.#file.cursor(address, 'a global heap', size);
    cursor.skip(header.position);
    cursor.align8();
    const positions = new Map<number, number>();
    const objectHeader = 8 + cursor.sizes.length + padding(cursor);
    while (cursor.left >= objectHeader) {
      const index = cursor.u16();
      cursor.skip(6);
      const { position } = cursor;
      const length = cursor.length();
      // Object 0 is the free space at the end.
      if (index === 0) break;
      if (positions.has(index)) throw cursor.malformed(`it has object ${index} twice`);
      positions.set(index, position);
      cursor.skip(padding(cursor));
      cursor.skip(length);
      cursor.skip(Math.min(cursor.left, (8 - (length % 8)) % 8));
    }
    this.#objects += positions.size;
    const { maxElements } = this.#file.limits;
    if (this.#objects > maxElements) throw overLimit(`global heaps have more than ${maxElements} objects`, maxElements);
    return { bytes: cursor, positions };
  }
}

/** Headers of objects take a multiple of eight bytes; short lengths leave a gap. */
function padding({ sizes }: Cursor): number {
  return (8 - (sizes.length % 8)) % 8;
}
