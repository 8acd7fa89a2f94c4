import { describe, type RowReader } from '../data/rows.ts';
import { InputError } from '../errors/input-error.ts';
import type { DType, TensorData } from '../spec/tensor.ts';

/** A block of rows and columns to be written into one tensor, row-major. */
export interface CellBlock {
  readonly reader: RowReader;
  /** First row. */
  readonly start: number;
  /** Number of rows. */
  readonly count: number;
  /** Columns of the reader, in the order of the tensor's. */
  readonly columns: readonly number[];
  /** What a message calls a column of the reader, e.g. `"amount"`. */
  readonly label: (column: number) => string;
}

/** Copies a block into a new array of one element type. */
export type BlockWriter = (block: CellBlock) => TensorData;

/** One value to its element; `undefined` where the type cannot hold it. */
type Convert<T> = (value: unknown) => T | undefined;

interface Fillable<T> {
  [index: number]: T;
}

/**
 * The writer of an element type, or `undefined` where rows cannot be written as that type.
 *
 * - Floats take numbers, booleans (0 and 1) and bigints; missing values become NaN. A finite
 *   number that float32 cannot hold is refused, it would silently become infinite.
 * - Integers take whole numbers in range, bigints and booleans.
 * - `bool` takes booleans, 0 and 1. `string` takes strings only; numbers are not converted.
 * - A missing value (`null`, `undefined`, and NaN for an integer) is refused by all but floats.
 *
 * Writers raise `ML_INPUT_DTYPE` and `ML_INPUT_MISSING_VALUE`.
 */
export function blockWriter(dtype: DType): BlockWriter | undefined {
  return writers.get(dtype);
}

const writers: ReadonlyMap<DType, BlockWriter> = new Map<DType, BlockWriter>([
  ['float64', writer('float64', (n) => new Float64Array(n), toFloat)],
  ['float32', writeFloat32],
  // Half-precision edges of a graph are cast: what travels is float32.
  ['float16', writeFloat32],
  ['int64', writer('int64', (n) => new BigInt64Array(n), bigRange(-(2n ** 63n), 2n ** 63n - 1n))],
  ['uint64', writer('uint64', (n) => new BigUint64Array(n), bigRange(0n, 2n ** 64n - 1n))],
  ['int32', writer('int32', (n) => new Int32Array(n), range(-(2 ** 31), 2 ** 31 - 1))],
  ['int16', writer('int16', (n) => new Int16Array(n), range(-(2 ** 15), 2 ** 15 - 1))],
  ['int8', writer('int8', (n) => new Int8Array(n), range(-128, 127))],
  ['uint32', writer('uint32', (n) => new Uint32Array(n), range(0, 2 ** 32 - 1))],
  ['uint16', writer('uint16', (n) => new Uint16Array(n), range(0, 2 ** 16 - 1))],
  ['uint8', writer('uint8', (n) => new Uint8Array(n), range(0, 255))],
  ['bool', writer('bool', (n) => new Uint8Array(n), toBool)],
  [
    'string',
    writer(
      'string',
      (n) => Array.from<string>({ length: n }),
      (v) => (typeof v === 'string' ? v : undefined),
    ),
  ],
]);

function writer<T>(
  dtype: DType,
  allocate: (length: number) => Fillable<T> & TensorData,
  convert: Convert<T>,
): BlockWriter {
  return (block) => {
    const { reader, start, count, columns } = block;
    const out = allocate(count * columns.length);
    let k = 0;
    for (let row = start; row < start + count; row++) {
      for (const column of columns) {
        const value = reader.cell(row, column);
        const element = convert(value);
        if (element === undefined) throw refused(value, dtype, row, block.label(column));
        out[k++] = element;
      }
    }
    return out;
  };
}

/** By far the commonest type: written apart, so that a number costs one store and one comparison. */
function writeFloat32(block: CellBlock): TensorData {
  const { reader, start, count, columns } = block;
  const width = columns.length;
  const out = allocateFloat32(count * width);
  // A row is often a list in the order of the columns already.
  const list = width === reader.width && columns[0] === 0 ? reader.list : undefined;
  let k = 0;
  for (let row = start; row < start + count; row++) {
    const values = list?.(row);
    for (let j = 0; j < width; j++) {
      const column = columns[j] as number;
      const value = values === undefined ? reader.cell(row, column) : values[j];
      const number = typeof value === 'number' ? value : toFloat(value);
      if (number === undefined || overflowsFloat32(number)) throw refused(value, 'float32', row, block.label(column));
      out[k++] = number;
    }
  }
  return out;
}

const SLAB_LENGTH = 4096;
const SLAB_SHARE = 512;
let slab = new ArrayBuffer(0);
let slabUsed = 0;

/**
 * New zeroed memory. Small arrays are cut from a larger block, no part of which is ever given
 * twice: a buffer of its own costs half a microsecond, a twentieth of a small model's call.
 */
function allocateFloat32(length: number): Float32Array {
  if (length > SLAB_SHARE) return new Float32Array(length);
  if (slabUsed + length > slab.byteLength / 4) {
    slab = new ArrayBuffer(SLAB_LENGTH * 4);
    slabUsed = 0;
  }
  const start = slabUsed;
  // Every array starts on a cache line.
  slabUsed += Math.ceil(length / 16) * 16;
  return new Float32Array(slab, start * 4, length);
}

/** Halfway between the largest float32 and the next power of two: from here on rounding gives infinity. */
const FLOAT32_LIMIT = 2 ** 128 - 2 ** 103;

/** Whether a finite number would become infinite as a float32. */
export function overflowsFloat32(value: number): boolean {
  return (value >= FLOAT32_LIMIT || value <= -FLOAT32_LIMIT) && Number.isFinite(value);
}

function toFloat(value: unknown): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
    case 'bigint':
      return Number(value);
    case 'undefined':
      return Number.NaN;
    default:
      return value === null ? Number.NaN : undefined;
  }
}

function toBool(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === 0 || value === 1 || value === 0n || value === 1n ? Number(value) : undefined;
}

function range(min: number, max: number): Convert<number> {
  return (value) => {
    const number = typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max
      ? number
      : undefined;
  };
}

function bigRange(min: bigint, max: bigint): Convert<bigint> {
  return (value) => {
    const big =
      typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value)) ? BigInt(value) : value;
    return typeof big === 'bigint' && big >= min && big <= max ? big : undefined;
  };
}

function refused(value: unknown, dtype: DType, row: number, label: string): InputError {
  const missing = value === null || value === undefined || Number.isNaN(value);
  const details = { row, column: label, dtype };
  if (missing) {
    return new InputError(
      'ML_INPUT_MISSING_VALUE',
      `row ${row}, ${label} is missing (${describe(value)}); the model takes ${dtype} there, which has no missing value: fill it before the call`,
      { details },
    );
  }
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, ${label} is ${describe(value)}; the model takes ${EXPECTED.get(dtype) ?? dtype} there`,
    { details },
  );
}

const EXPECTED: ReadonlyMap<DType, string> = new Map<DType, string>([
  ['float32', 'a number that float32 can hold'],
  ['float16', 'a number that float32 can hold'],
  ['float64', 'a number'],
  ['int64', 'a whole number of 64 bits'],
  ['bool', 'true or false'],
  ['string', 'a string'],
]);
