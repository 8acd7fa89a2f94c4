import { bfloat16ToNumber, halfToNumber } from '../../data/half.ts';
import type { DType, TensorData } from '../../spec/tensor.ts';
import type { IntegerType, SequenceType, TextType } from './datatype.ts';
import type { Hdf5Context } from './hdf5-context.ts';
import { malformed, overLimit } from './hdf5-problem.ts';
import { type TensorForm, tensorFormOf } from './tensor-form.ts';

type NumberArray = Exclude<TensorData, readonly unknown[]>;
type ArrayType = new (buffer: ArrayBufferLike, offset: number, length: number) => NumberArray;

const HOST_IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const ARRAYS: ReadonlyMap<DType, ArrayType> = new Map<DType, ArrayType>([
  ['float64', Float64Array],
  ['float32', Float32Array],
  ['complex128', Float64Array],
  ['complex64', Float32Array],
  ['int64', BigInt64Array],
  ['uint64', BigUint64Array],
  ['int32', Int32Array],
  ['uint32', Uint32Array],
  ['int16', Int16Array],
  ['uint16', Uint16Array],
  ['int8', Int8Array],
  ['uint8', Uint8Array],
  ['bool', Uint8Array],
]);

/** Elements from their stored bytes; a view of them where they are stored as they are in memory. */
export function decodeElements(context: Hdf5Context, form: TensorForm, bytes: Uint8Array): TensorData {
  const { type, dtype } = form;
  switch (type.kind) {
    case 'text':
      return type.isVariable ? variableTexts(context, type, bytes) : fixedTexts(context, type, bytes);
    case 'sequence':
      return sequences(context, type, bytes);
    case 'float':
      if (type.format === 'float16') return widened(bytes, type.littleEndian, halfToNumber);
      if (type.format === 'bfloat16') return widened(bytes, type.littleEndian, bfloat16ToNumber);
      return plainNumbers(dtype, bytes, { littleEndian: type.littleEndian, width: type.size });
    case 'integer':
      return integers(context, { type, dtype, bytes });
    case 'enum':
      return dtype === 'bool' ? booleans(bytes) : integers(context, { type: type.base, dtype, bytes });
    case 'complex':
    case 'compound': {
      const part = type.kind === 'complex' ? type.part : type.members[0]?.type;
      const littleEndian = part?.kind !== 'float' || part.littleEndian;
      return plainNumbers(dtype, bytes, { littleEndian, width: type.size / 2 });
    }
    default:
      throw malformed(`${type.kind} elements have no tensor form`);
  }
}

/** Numbers that JavaScript has an array for, which the host reads after at most a reversal of bytes. */
function plainNumbers(
  dtype: DType,
  bytes: Uint8Array,
  { littleEndian, width }: { readonly littleEndian: boolean; readonly width: number },
): NumberArray {
  const Numbers = ARRAYS.get(dtype);
  if (Numbers === undefined) throw malformed(`${dtype} is no type of numbers`);
  const asStored = littleEndian === HOST_IS_LITTLE || width === 1;
  const isAligned = bytes.byteOffset % width === 0;
  // Not `slice`, which is a view where the bytes are a Buffer.
  const usable = asStored && isAligned ? bytes : new Uint8Array(bytes);
  if (!asStored) swapBytes(usable, width);
  return new Numbers(usable.buffer, usable.byteOffset, usable.length / width);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else buffer.swap64();
}

function booleans(bytes: Uint8Array): Uint8Array {
  const values = plainNumbers('bool', bytes, { littleEndian: true, width: 1 }) as Uint8Array;
  return values.every((value) => value <= 1) ? values : values.map((value) => (value === 0 ? 0 : 1));
}

function widened(bytes: Uint8Array, littleEndian: boolean, widen: (bits: number) => number): Float32Array {
  const bits = plainNumbers('uint16', bytes, { littleEndian, width: 2 }) as Uint16Array;
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) out[i] = widen(bits[i] ?? 0);
  return out;
}

function integers(context: Hdf5Context, { type, dtype, bytes }: IntegerBytes): TensorData {
  const { size, littleEndian, bitOffset, precision } = type;
  const isPlain = bitOffset === 0 && precision === size * 8 && [1, 2, 4, 8].includes(size);
  if (isPlain) return plainNumbers(dtype, bytes, { littleEndian, width: size });
  // One by one, as big integers: far slower than everything else.
  checkCount(context, bytes.length / size);
  return packedIntegers(type, dtype, bytes);
}

interface IntegerBytes {
  readonly type: IntegerType;
  readonly dtype: DType;
  readonly bytes: Uint8Array;
}

/** Integers of unusual sizes, or with bits that do not count. */
function packedIntegers(type: IntegerType, dtype: DType, bytes: Uint8Array): NumberArray {
  const { size, littleEndian, signed, bitOffset, precision } = type;
  const count = bytes.length / size;
  const width = Number(/\d+$/.exec(dtype)?.[0]) / 8;
  const out = plainNumbers(dtype, new Uint8Array(count * width), { littleEndian: HOST_IS_LITTLE, width });
  for (let i = 0; i < count; i++) {
    let value = 0n;
    for (let byte = 0; byte < size; byte++) {
      const at = i * size + (littleEndian ? size - 1 - byte : byte);
      value = (value << 8n) | BigInt(bytes[at] ?? 0);
    }
    value >>= BigInt(bitOffset);
    value = signed ? BigInt.asIntN(precision, value) : BigInt.asUintN(precision, value);
    if (out instanceof BigInt64Array || out instanceof BigUint64Array) out[i] = value;
    else out[i] = Number(value);
  }
  return out;
}

function fixedTexts(context: Hdf5Context, { size, padding }: TextType, bytes: Uint8Array): readonly string[] {
  const count = bytes.length / size;
  checkCount(context, count);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts: string[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    texts.push(buffer.toString('utf8', start, start + trimmedLength(buffer.subarray(start, start + size), padding)));
  }
  return texts;
}

/** numpy drops trailing NULs of every padding; text that ends at a NUL ends at the first one. */
function trimmedLength(bytes: Uint8Array, padding: TextType['padding']): number {
  if (padding === 'nul-terminated') {
    const end = bytes.indexOf(0);
    return end === -1 ? bytes.length : end;
  }
  const pad = padding === 'space-padded' ? 0x20 : 0;
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === pad) length--;
  return length;
}

function variableTexts(context: Hdf5Context, { padding }: TextType, bytes: Uint8Array): readonly string[] {
  return variableValues(context, bytes, {
    key: padding,
    width: 1,
    none: '',
    decode: (stored) => {
      const buffer = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
      return buffer.toString('utf8', 0, trimmedLength(stored, padding));
    },
  });
}

function sequences(context: Hdf5Context, { element }: SequenceType, bytes: Uint8Array): readonly TensorData[] {
  const form = tensorFormOf(element);
  if (form === undefined) throw malformed('a sequence of elements without a tensor form');
  return variableValues(context, bytes, {
    key: JSON.stringify(element),
    width: element.size,
    none: decodeElements(context, form, new Uint8Array(0)),
    decode: (stored) => decodeElements(context, form, stored),
  });
}

/** Values in global heaps. The heap keeps what was decoded: many elements may refer to the same object. */
function variableValues<T extends TensorData | string>(
  { globalHeap, file }: Hdf5Context,
  bytes: Uint8Array,
  kind: {
    readonly key: string;
    readonly width: number;
    readonly none: T;
    readonly decode: (stored: Uint8Array) => T;
  },
): readonly T[] {
  checkCount({ file }, bytes.length / (8 + file.sizes.address));
  const values: T[] = [];
  const cursor = file.over(bytes, 'a value of varying length');
  while (cursor.left > 0) {
    const length = cursor.u32();
    const address = cursor.address();
    const index = cursor.u32();
    if (length === 0 || address === undefined || address === 0) values.push(kind.none);
    else values.push(globalHeap.value({ address, index, length: length * kind.width }, kind));
  }
  return values;
}

function checkCount({ file }: Pick<Hdf5Context, 'file'>, count: number): void {
  const { maxElements } = file.limits;
  if (count > maxElements)
    throw overLimit(`${count} texts, sequences or packed integers are more than ${maxElements}`, maxElements);
}
