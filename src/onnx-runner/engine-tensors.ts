import { DenseTensor } from '../data/dense-tensor.ts';
import { bfloat16ToNumber, halfToNumber } from '../data/half.ts';
import { describe } from '../data/rows.ts';
import type { OrtModule, OrtTensor } from '../engines/onnxruntime-api.ts';
import { FormatError } from '../errors/format-error.ts';
import { InputError } from '../errors/input-error.ts';
import type { DType, TensorData, TensorLike } from '../spec/tensor.ts';
import { blockWriter } from './block-writer.ts';
import { engineDType, fits, type GraphValue, shapeText } from './graph-value.ts';

type TypedArrayConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TensorData;

const arrays: ReadonlyMap<DType, TypedArrayConstructor> = new Map<DType, TypedArrayConstructor>([
  ['float64', Float64Array],
  ['float32', Float32Array],
  ['int64', BigInt64Array],
  ['uint64', BigUint64Array],
  ['int32', Int32Array],
  ['int16', Int16Array],
  ['int8', Int8Array],
  ['uint32', Uint32Array],
  ['uint16', Uint16Array],
  ['uint8', Uint8Array],
  ['bool', Uint8Array],
]);

/** Whether tensors of this type can enter and leave the engine. */
export function isEngineDType(dtype: DType | undefined): dtype is DType {
  return dtype !== undefined && blockWriter(engineDType(dtype)) !== undefined;
}

/**
 * A caller's tensor as the engine takes it, checked against the graph's declaration. Typed arrays
 * of the right kind are not copied; anything else is converted value by value.
 *
 * @throws `ML_INPUT_INVALID`, `ML_INPUT_DTYPE`, `ML_INPUT_SHAPE`, `ML_INPUT_MISSING_VALUE`
 */
export function toEngineTensor(ort: OrtModule, input: GraphValue, value: unknown): OrtTensor {
  const tensor = checkedTensor(input, value);
  const { dtype, shape } = tensor;
  const type = engineDType(dtype);
  return new ort.Tensor(type, engineData(tensor, input.name), shape);
}

function checkedTensor(input: GraphValue, value: unknown): TensorLike {
  const what = `input ${JSON.stringify(input.name)}`;
  if (!isTensorLike(value)) {
    throw new InputError(
      'ML_INPUT_INVALID',
      `${what} must be a tensor { data, shape, dtype }, got ${describe(value)}`,
      { details: { input: input.name } },
    );
  }
  const { dtype, shape, data } = value;
  const expected = input.dtype ?? dtype;
  if (dtype !== expected || !isEngineDType(dtype)) {
    throw new InputError('ML_INPUT_DTYPE', `${what} must have dtype ${expected}, got ${describe(dtype)}`, {
      details: { input: input.name, got: dtype, expected },
    });
  }
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) || size !== data.length) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `${what} of shape [${shape.join(', ')}] needs ${size} values, has ${data.length}`,
      { details: { input: input.name, shape, length: data.length } },
    );
  }
  if (!fits(shape, input.shape)) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `${what} must have shape ${shapeText(input.shape)}, got [${shape.join(', ')}]`,
      {
        details: { input: input.name, got: shape, expected: input.shape },
      },
    );
  }
  return value;
}

function isTensorLike(value: unknown): value is TensorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    (Array.isArray(value.data) || (ArrayBuffer.isView(value.data) && !(value.data instanceof DataView))) &&
    'shape' in value &&
    Array.isArray(value.shape) &&
    'dtype' in value &&
    typeof value.dtype === 'string'
  );
}

/** The values in the array type of the engine, the same memory where that is possible. */
export function engineData(tensor: TensorLike, name: string): TensorData {
  const { dtype, data } = tensor;
  if (data instanceof Uint16Array && (dtype === 'float16' || dtype === 'bfloat16')) {
    return Float32Array.from(data, dtype === 'float16' ? halfToNumber : bfloat16ToNumber);
  }
  const type = engineDType(dtype);
  if (type !== 'bool') {
    const view = sameMemory(type, data);
    if (view !== undefined) return view;
  }
  const write = blockWriter(type);
  if (write === undefined)
    throw new InputError('ML_INPUT_DTYPE', `input ${JSON.stringify(name)} cannot have dtype ${dtype}`);
  const reader = { count: data.length, width: 1, cell: (row: number): unknown => data[row] };
  const label = (): string => `input ${JSON.stringify(name)}`;
  return write({ reader, start: 0, count: data.length, columns: [0], label });
}

/** A view of the caller's typed array; an array of another realm is wrapped, shared memory is left to be copied. */
function sameMemory(dtype: DType, data: TensorData): TensorData | undefined {
  const constructor = arrays.get(dtype);
  if (constructor === undefined || !ArrayBuffer.isView(data) || data.buffer instanceof SharedArrayBuffer)
    return undefined;
  // A Node Buffer is a Uint8Array too.
  if (data instanceof constructor) return data;
  return data[Symbol.toStringTag] === constructor.name
    ? new constructor(data.buffer, data.byteOffset, data.length)
    : undefined;
}

/**
 * The engine's tensor as the library gives it; its memory is the engine's copy and is kept.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for an element type that the library does not know
 */
export function fromEngineTensor(tensor: OrtTensor, output: GraphValue): DenseTensor {
  const { type, data, dims } = tensor;
  if (type === 'float16') return new DenseTensor(halfValues(data), dims, 'float16');
  const dtype = engineTypes.get(type);
  if (dtype === undefined) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `output ${JSON.stringify(output.name)} has element type ${type}, which has no JavaScript form; cast it in the graph`,
    );
  }
  if (dtype === 'bool') return new DenseTensor(Array.from(data as Uint8Array, Boolean), dims, 'bool');
  // A half-precision output that was cast at the edge keeps its declared type.
  const declared = output.dtype !== undefined && engineDType(output.dtype) === dtype ? output.dtype : dtype;
  return new DenseTensor(data as TensorData, dims, declared);
}

const engineTypes: ReadonlyMap<string, DType> = new Map(
  ([...arrays.keys(), 'string'] satisfies DType[]).map((dtype) => [dtype, dtype]),
);

/** Before Node 24 the engine gives bits, afterwards a `Float16Array`, whose elements are numbers already. */
function halfValues(data: unknown): Float32Array {
  if (data instanceof Uint16Array) return Float32Array.from(data, halfToNumber);
  return Float32Array.from(data as ArrayLike<number>);
}
