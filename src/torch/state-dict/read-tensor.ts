import { DenseStoredTensor, swapBytes } from '../../data/dense-stored-tensor.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { NdArray } from '../../formats/npy/nd-array.ts';
import type { StoredDType, StoredTensor } from '../../spec/stored-tensor.ts';
import { gather } from './gather.ts';
import { elementBytes } from './storage.ts';
import type { StorageView, TensorEntry } from './tensor-entry.ts';
import type { TorchFile } from './torch-file.ts';
import { badTorch, unsupportedTorch } from './torch-problem.ts';

/** What reading a tensor may cost. */
export interface ReadTensorOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * One tensor's elements, contiguous: one read of the part of its storage that it covers.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for a tensor that has no dense elements in the file, saying what it is;
 * `ML_FORMAT_LIMIT` where an expanded tensor is larger than a model may be
 */
export async function readTensor(
  file: TorchFile,
  [name, entry]: readonly [name: string, entry: TensorEntry],
  options: ReadTensorOptions,
): Promise<StoredTensor> {
  const { source, shape, dtype } = entry;
  if (source.kind === 'unreadable') {
    throw unsupportedTorch(`the tensor ${JSON.stringify(name)} ${source.why}`, { tensor: name });
  }
  if (source.kind === 'array') {
    return new DenseStoredTensor(name, { shape, dtype, bytes: bytesOf(source.array, dtype) });
  }
  const width = elementBytes(dtype);
  const size = shape.reduce((product, extent) => product * extent, width);
  if (size > options.maxBytes) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `the tensor ${JSON.stringify(name)} of shape [${shape.join(', ')}] takes ${size} bytes, the limit is ${options.maxBytes} (limits.maxModelBytes)`,
      { details: { limit: 'limits.maxModelBytes', value: options.maxBytes, tensor: name } },
    );
  }
  const { view } = source;
  const bytes = size === 0 ? new Uint8Array(0) : await elements(file, { view, shape, width }, options.signal);
  return new DenseStoredTensor(name, { shape, dtype, bytes: adjusted(bytes, { view, dtype, file }) });
}

async function elements(
  file: TorchFile,
  { view, shape, width }: { readonly view: StorageView; readonly shape: readonly number[]; readonly width: number },
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { storage, offset, strides } = view;
  const last = shape.reduce((at, extent, d) => at + (extent - 1) * (strides[d] as number), 0);
  const bytes = await file.read(storage.key, storage.start + offset * width, (last + 1) * width);
  return gather({ bytes, start: 0, shape, strides: strides.map((stride) => stride * width), width }, signal);
}

/** Byte order, lazy negation and conjugation; on a copy, since the bytes may be a view of the file. */
function adjusted(
  bytes: Uint8Array,
  { view, dtype, file }: { readonly view: StorageView; readonly dtype: StoredDType; readonly file: TorchFile },
): Uint8Array {
  const isComplex = dtype.startsWith('complex');
  const width = isComplex ? elementBytes(dtype) / 2 : elementBytes(dtype);
  const turns = file.bigEndian && width > 1;
  if (!turns && !view.conjugate && !view.negative) return bytes;
  const copy = Uint8Array.from(bytes);
  if (turns) swapBytes(copy, width);
  if (view.conjugate && !isComplex) throw badTorch('a tensor of real numbers is conjugated');
  if (view.negative && !/float|complex/.test(dtype)) throw badTorch(`a tensor of ${dtype} is lazily negated`);
  // The sign is the highest bit of each number.
  for (let at = width - 1, part = 0; at < copy.length; at += width, part++) {
    const isImaginary = isComplex && part % 2 === 1;
    if (view.negative !== (view.conjugate && isImaginary)) copy[at] = (copy[at] as number) ^ 0x80;
  }
  return copy;
}

const NUMPY_TYPES: ReadonlyMap<string, StoredDType> = new Map<string, StoredDType>([
  ['b1', 'bool'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['c8', 'complex64'],
  ['c16', 'complex128'],
]);

/** The array's elements in row-major order, little-endian. */
function bytesOf(array: NdArray, dtype: StoredDType): Uint8Array {
  if (NUMPY_TYPES.get(array.dtype.name) !== dtype) {
    throw unsupportedTorch(`a tensor of ${dtype} is kept as an array of ${array.dtype.name}, which is not read`);
  }
  const data = array.toTypedArray();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
