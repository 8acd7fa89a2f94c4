import { endianness } from 'node:os';
import type { PyValue } from '../pickle/nodes.ts';
import { bigintReader, numberReader, textReader } from './element-readers.ts';
import { badArray, unsupportedArray } from './npy-problem.ts';
import type { NumpyDType } from './numpy-dtype.ts';
import { contiguousStrides, elementCount, forEachOffset, isRowMajor } from './strides.ts';

/** What an array is made of. Either `bytes` or, for object types, `objects` in row-major order. */
export interface NdArrayContents {
  readonly dtype: NumpyDType;
  readonly shape: readonly number[];
  /** Memory order of `bytes`. Default `C`, rows first. */
  readonly order?: 'C' | 'F';
  readonly bytes?: Uint8Array;
  readonly objects?: readonly PyValue[];
}

/** Typed arrays that hold one numpy type exactly. bool is `Uint8Array`, float16 widened to `Float32Array`. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

type NumericConstructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NumericArray;
  new (buffer: ArrayBufferLike, offset: number, length: number): NumericArray;
};

const ARRAYS: ReadonlyMap<string, NumericConstructor> = new Map<string, NumericConstructor>([
  ['b1', Uint8Array],
  ['i1', Int8Array],
  ['u1', Uint8Array],
  ['i2', Int16Array],
  ['u2', Uint16Array],
  ['i4', Int32Array],
  ['u4', Uint32Array],
  ['i8', BigInt64Array],
  ['u8', BigUint64Array],
  ['f2', Float32Array],
  ['f4', Float32Array],
  ['f8', Float64Array],
  ['M8', BigInt64Array],
  ['m8', BigInt64Array],
  ['c8', Float32Array],
  ['c16', Float64Array],
]);

const NATIVE_LITTLE = endianness() === 'LE';
const NO_BYTES = new Uint8Array(0);

/** Where the elements of a view of an array lie, in bytes. */
interface Placement {
  readonly strides: readonly number[];
  readonly start: number;
}

/**
 * A numpy array: a view of the bytes of the file, in any byte order and memory order, at any alignment.
 * The `to...` methods give row-major copies, or the view itself where it already is what is asked for.
 */
export class NdArray {
  /** `ndarray`, `matrix`, `recarray`, `memmap` or `chararray`. */
  readonly type: string;
  #dtype: NumpyDType | undefined;
  #shape: readonly number[] = [0];
  #strides: readonly number[] = [0];
  #start = 0;
  #bytes: Uint8Array = NO_BYTES;
  #objects: readonly PyValue[] | undefined;

  /** Without contents it is empty until `setContents`, as an array is while its pickle is read. */
  constructor(contents?: NdArrayContents, type = 'ndarray') {
    this.type = type;
    if (contents !== undefined) this.setContents(contents);
  }

  get kind(): 'ndarray' {
    return 'ndarray';
  }

  /** Sets type, shape and data, once. Throws FormatError `ML_FORMAT_MALFORMED` where they do not fit together. */
  setContents(contents: NdArrayContents): void {
    if (this.#dtype !== undefined) throw badArray('its data is set twice');
    const { dtype, shape, order = 'C', objects } = contents;
    const count = elementCount(shape);
    dtype.freeze();
    if (objects === undefined) {
      if (dtype.hasObjects) throw badArray('objects are expected, and it has bytes');
      const bytes = contents.bytes ?? NO_BYTES;
      if (dtype.itemSize === 0 && count > 1_000_000) throw badArray(`it has ${count} elements of no size`);
      if (count * dtype.itemSize !== bytes.length) {
        throw badArray(
          `${count} elements of ${dtype.itemSize} bytes are declared, and ${bytes.length} bytes are there`,
        );
      }
      this.#bytes = bytes;
      this.#strides = contiguousStrides(shape, dtype.itemSize, order);
    } else {
      if (!dtype.hasObjects) throw badArray('bytes are expected, and it has objects');
      if (objects.length !== count) throw badArray(`${count} objects are declared, and ${objects.length} are there`);
      // numpy lists objects row by row even where the memory of the array is in Fortran order.
      this.#objects = objects;
      this.#strides = contiguousStrides(shape, 1, 'C');
    }
    this.#shape = shape;
    this.#dtype = dtype;
  }

  get dtype(): NumpyDType {
    if (this.#dtype === undefined) throw badArray('it has no data');
    return this.#dtype;
  }

  get shape(): readonly number[] {
    return this.#shape;
  }

  get ndim(): number {
    return this.#shape.length;
  }

  /** Elements in all. */
  get size(): number {
    return elementCount(this.#shape);
  }

  /** Bytes of the file that it covers; 0 for object arrays. */
  get byteLength(): number {
    return this.#bytes.length;
  }

  /** Whether the elements lie in row-major order without gaps. */
  get rowMajor(): boolean {
    return isRowMajor(this.#shape, this.#strides, this.#objects === undefined ? this.dtype.itemSize : 1);
  }

  /** The bytes as they are in the file, in its memory order. Only for arrays that are no view of a field. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Whether it holds objects rather than bytes. */
  get isObject(): boolean {
    return this.#objects !== undefined;
  }

  /** Objects in row-major order. Throws FormatError `ML_FORMAT_UNSUPPORTED` for other types. */
  get objects(): readonly PyValue[] {
    if (this.#objects === undefined) throw unsupportedArray(`objects are needed, and its type is ${this.dtype.name}`);
    return this.#objects;
  }

  /** One field of a structured array, as a view without copying; a subarray adds its dimensions. */
  field(name: string): NdArray {
    const field = this.dtype.fields?.get(name);
    if (field === undefined) throw badArray(`it has no field ${JSON.stringify(name)}`);
    const inner = field.dtype.subarray;
    const dtype = inner?.dtype ?? field.dtype;
    const extra = inner?.shape ?? [];
    return this.#view(dtype, [...this.#shape, ...extra], {
      strides: [...this.#strides, ...contiguousStrides(extra, dtype.itemSize, 'C')],
      start: this.#start + field.offset,
    });
  }

  /** The same data under another shape, only for row-major arrays of the same size. */
  reshape(shape: readonly number[]): NdArray {
    if (!this.rowMajor || elementCount(shape) !== this.size) throw badArray('it cannot take another shape');
    const step = this.#objects === undefined ? this.dtype.itemSize : 1;
    return this.#view(this.dtype, shape, { strides: contiguousStrides(shape, step, 'C'), start: this.#start });
  }

  #view(dtype: NumpyDType, shape: readonly number[], placement: Placement): NdArray {
    const view = new NdArray(undefined, this.type);
    view.#dtype = dtype;
    view.#shape = shape;
    view.#strides = placement.strides;
    view.#start = placement.start;
    view.#bytes = this.#bytes;
    view.#objects = this.#objects;
    return view;
  }

  /**
   * Row-major values in the typed array of the type: `i8` becomes `BigInt64Array`, complex interleaves its parts,
   * datetimes are their 64-bit counts. A view of the file where the bytes allow it: do not write into it.
   */
  toTypedArray(): NumericArray {
    const { dtype } = this;
    const make = ARRAYS.get(`${dtype.type}${dtype.itemSize}`);
    if (make === undefined || this.#objects !== undefined) {
      throw unsupportedArray(`numbers are needed, and its type is ${dtype.name}`);
    }
    const parts = dtype.type === 'c' ? 2 : 1;
    const length = this.size * parts;
    const native = (dtype.littleEndian === NATIVE_LITTLE || make.BYTES_PER_ELEMENT === 1) && dtype.name !== 'f2';
    if (native && this.rowMajor) {
      const offset = this.#bytes.byteOffset + this.#start;
      if (offset % make.BYTES_PER_ELEMENT === 0) return new make(this.#bytes.buffer, offset, length);
      const end = this.#start + this.size * dtype.itemSize;
      const copy = new Uint8Array(end - this.#start);
      copy.set(this.#bytes.subarray(this.#start, end));
      return new make(copy.buffer, 0, length);
    }
    const out = new make(length);
    if (parts === 2) this.#copyComplex(out);
    else if (out instanceof BigInt64Array || out instanceof BigUint64Array) this.#copy(out, bigintReader(dtype));
    else this.#copy(out, numberReader(dtype));
    return out;
  }

  /** Row-major doubles of any real type, bool included. Integers beyond 2^53 are rounded. May be a view of the file. */
  toFloat64Array(): Float64Array {
    const { dtype } = this;
    if (this.#objects !== undefined) return Float64Array.from(this.#objects, numberOfObject);
    if (dtype.name === 'f8') return this.toTypedArray() as Float64Array;
    const out = new Float64Array(this.size);
    this.#copy(out, numberReader(dtype));
    return out;
  }

  /** Row-major 32-bit integers. Throws FormatError where a value is no 32-bit integer. */
  toInt32Array(): Int32Array {
    if (this.dtype.name === 'i4') return this.toTypedArray() as Int32Array;
    const numbers = this.toFloat64Array();
    const out = new Int32Array(numbers.length);
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i] as number;
      if ((value | 0) !== value) throw unsupportedArray(`32-bit integers are needed, and it holds ${value}`);
      out[i] = value;
    }
    return out;
  }

  /** Row-major text of a `U` or `S` array, or of an object array that holds only text. */
  toStrings(): string[] {
    if (this.#objects !== undefined) {
      return this.#objects.map((value) => {
        if (typeof value !== 'string') throw unsupportedArray('text is needed, and it holds something else');
        return value;
      });
    }
    const out: string[] = [];
    this.#copy(out, textReader(this.dtype));
    return out;
  }

  #copy<T>(out: { [index: number]: T }, read: (view: DataView, offset: number) => T): void {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    forEachOffset(this.#shape, this.#strides, this.#start, (offset, index) => {
      out[index] = read(view, offset);
    });
  }

  #copyComplex(out: NumericArray): void {
    const { itemSize, littleEndian } = this.dtype;
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    const half = itemSize / 2;
    const read = (at: number): number =>
      half === 8 ? view.getFloat64(at, littleEndian) : view.getFloat32(at, littleEndian);
    forEachOffset(this.#shape, this.#strides, this.#start, (offset, index) => {
      out[2 * index] = read(offset);
      out[2 * index + 1] = read(offset + half);
    });
  }
}

function numberOfObject(value: PyValue): number {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && value?.kind === 'float') return value.value;
  if (typeof value === 'object' && value?.kind === 'scalar') {
    const inner = value.value;
    if (typeof inner === 'number' || typeof inner === 'boolean' || typeof inner === 'bigint') return Number(inner);
  }
  throw unsupportedArray('numbers are needed, and it holds other objects');
}
