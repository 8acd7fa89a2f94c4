import { InputError } from '../errors/input-error.ts';
import type { TensorLike } from '../spec/tensor.ts';
import { CALL_HEAD, CALL_KIND, WIRE_ARRAYS, WIRE_TYPES, type WireType, writeLength } from './call-layout.ts';

/** Before an array's extents: length of its name, type, how many extents. */
const ARRAY_HEAD = 9;

/** One array of a call. */
export type CallInput = {
  readonly name: string;
  readonly dims: readonly number[];
} & (
  | { readonly type: 'string'; readonly texts: readonly unknown[] }
  | { readonly type: WireType; readonly data: ArrayBufferView }
);

/** A call as the worker reads it, in one piece: its layout stands in `call_frames.py`. */
export function callFrame(id: number, method: string, inputs: readonly CallInput[]): Buffer {
  let described = 8 + Buffer.byteLength(method);
  let numbers = 0;
  const lists: (readonly unknown[])[] = [];
  for (const input of inputs) {
    described += ARRAY_HEAD + Buffer.byteLength(input.name) + 8 * input.dims.length;
    if (input.type === 'string') lists.push(input.texts);
    else numbers += input.data.byteLength;
  }
  const texts = lists.length === 0 ? '' : JSON.stringify(lists);
  const written = Buffer.byteLength(texts);
  const frame = Buffer.allocUnsafe(CALL_HEAD + described + written + numbers);
  frame[0] = CALL_KIND;
  frame.writeUInt32LE(id, 1);
  frame.writeUInt32LE(described, 5);
  frame.writeUInt32LE(written, 9);
  writeLength(frame, numbers, 13);
  let at = writeText(frame, method, CALL_HEAD);
  at = frame.writeUInt32LE(inputs.length, at);
  for (const { name, type, dims } of inputs) {
    at = writeText(frame, name, at);
    frame[at] = WIRE_TYPES.indexOf(type);
    at = frame.writeUInt32LE(dims.length, at + 1);
    for (const extent of dims) {
      writeLength(frame, extent, at);
      at += 8;
    }
  }
  at += frame.write(texts, at);
  for (const input of inputs) {
    if (input.type === 'string') continue;
    const { buffer, byteOffset, byteLength } = input.data;
    frame.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return frame;
}

/**
 * A tensor of a caller's as an input.
 *
 * @throws `ML_INPUT_SHAPE` where data and shape do not fit, `ML_INPUT_DTYPE` for a type that is not sent to Python
 */
export function inputOf(name: string, { data, shape, dtype }: TensorLike): CallInput {
  const elements = shape.reduce((product, extent) => product * extent, 1);
  if (elements !== data.length || !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    const says = `${name} has ${data.length} values and the shape [${shape.join(', ')}]`;
    throw new InputError('ML_INPUT_SHAPE', `${says}; pass as many values as the shape has places`);
  }
  if (dtype === 'string') return { name, type: 'string', dims: shape, texts: Array.from(data as ArrayLike<unknown>) };
  if (!Object.hasOwn(WIRE_ARRAYS, dtype)) {
    throw new InputError('ML_INPUT_DTYPE', `${name} is ${dtype}; Python is given ${WIRE_TYPES.join(', ')}`);
  }
  const type = dtype as WireType;
  if (data instanceof WIRE_ARRAYS[type]) return { name, type, dims: shape, data };
  return { name, type, dims: shape, data: converted(type, Array.from(data as ArrayLike<number>)) };
}

function writeText(target: Buffer, text: string, at: number): number {
  const length = target.write(text, at + 4);
  target.writeUInt32LE(length, at);
  return at + 4 + length;
}

function converted(type: WireType, values: readonly number[]): ArrayBufferView {
  if (type === 'int64') return BigInt64Array.from(values, BigInt);
  return new WIRE_ARRAYS[type](values.map(Number));
}
