import type { DType, TensorData, TensorLike } from '../spec/tensor.ts';
import { jsonFrame } from './frame-reader.ts';

/** Bytes of one frame at most; the worker keeps to the same. */
const MAX_FRAME = 16 * 2 ** 20;
const HEADER = 5;
const BYTES_KIND = 0x42;

/** One array of a call or an answer: texts and mixed values in the message, numbers in the bytes behind it. */
export interface WireArray {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly texts?: readonly unknown[];
}

/** An array with its elements. */
export interface CallInput extends WireArray {
  /** Numbers, little-endian as this machine has them. */
  readonly data?: ArrayBufferView;
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** A call as the worker reads it: a message and the numbers of all inputs, one after another. */
export function callFrames(id: number, method: string, inputs: readonly CallInput[]): Buffer {
  const parts = inputs.flatMap(({ data }) =>
    data === undefined ? [] : [Buffer.from(data.buffer, data.byteOffset, data.byteLength)],
  );
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const about = inputs.map(({ name, type, dims, texts }): WireArray => ({ name, type, dims, ...(texts && { texts }) }));
  const frames: Buffer[] = [jsonFrame({ id, method, inputs: about, bytes })];
  const all = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  for (let at = 0; at < bytes; at += MAX_FRAME) {
    const part = all.subarray(at, at + MAX_FRAME);
    const header = Buffer.alloc(HEADER);
    header[0] = BYTES_KIND;
    header.writeUInt32BE(part.length, 1);
    frames.push(header, part);
  }
  return Buffer.concat(frames);
}

/** An array of an answer as a tensor; `undefined` where it is none that there is. */
export function tensorOf({ type, dims, texts }: WireArray, bytes: Uint8Array, at: number): TensorLike | undefined {
  if (texts !== undefined) return { data: texts as TensorData, shape: dims, dtype: 'string' };
  const size = wireBytes({ type, dims });
  if (size === undefined || at + size > bytes.length) return undefined;
  // A copy: numbers must begin at a multiple of their size, and a Buffer is part of a larger memory.
  const own = new Uint8Array(size);
  own.set(bytes.subarray(at, at + size));
  return { data: new ARRAYS[type as keyof typeof ARRAYS](own.buffer), shape: dims, dtype: type as DType };
}

/** Bytes that an array takes behind its message. */
export function wireBytes({ type, dims, texts }: Omit<WireArray, 'name'>): number | undefined {
  if (texts !== undefined) return 0;
  if (!Object.hasOwn(ARRAYS, type)) return undefined;
  return dims.reduce((product, extent) => product * extent, ARRAYS[type as keyof typeof ARRAYS].BYTES_PER_ELEMENT);
}

/** A tensor of a caller's as an input. */
export function inputOf(name: string, { data, shape, dtype }: TensorLike): CallInput {
  if (dtype === 'string') return { name, type: 'string', dims: shape, texts: Array.from(data as ArrayLike<unknown>) };
  const type = dtype as keyof typeof ARRAYS;
  const Target = ARRAYS[type];
  if (data instanceof Target) return { name, type, dims: shape, data };
  return { name, type, dims: shape, data: converted(type, Array.from(data as ArrayLike<number>)) };
}

function converted(type: keyof typeof ARRAYS, values: readonly number[]): ArrayBufferView {
  if (type === 'int64') return BigInt64Array.from(values, BigInt);
  return new ARRAYS[type](values.map(Number));
}
