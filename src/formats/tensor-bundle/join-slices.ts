import { FormatError } from '../../errors/format-error.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import type { TensorType } from '../tensorflow-proto/raw-tensor.ts';
import { elementCount } from '../tensorflow-proto/read-shape.ts';
import type { Slice } from './bundle-index.ts';

/** A part of a tensor and where it belongs. */
export interface TensorPart {
  readonly slice: Slice;
  readonly tensor: TensorLike;
}

/**
 * Puts a tensor together that was saved in parts (a partitioned variable).
 *
 * @throws `ML_FORMAT_MALFORMED` where parts do not fit the shape or leave elements out
 */
export function joinSlices(parts: readonly TensorPart[], { dtype, shape }: TensorType, what: string): TensorLike {
  const count = elementCount(shape, what);
  const covered = parts.reduce((sum, { tensor }) => sum + tensor.data.length, 0);
  const first = parts[0]?.tensor.data;
  if (first === undefined || covered !== count || parts.some(({ tensor }) => tensor.dtype !== dtype)) {
    throw new FormatError('ML_FORMAT_MALFORMED', `${what} has parts of ${covered} elements, its shape has ${count}`);
  }
  const data = (
    ArrayBuffer.isView(first) ? new (first.constructor as new (length: number) => Float32Array)(count) : []
  ) as unknown[];
  for (const { slice, tensor } of parts) copyPart(data, { slice, tensor }, { shape, what });
  return { data: data, shape, dtype };
}

/**
 * The part of a tensor that a slice names.
 *
 * @throws `ML_FORMAT_MALFORMED` where the slice does not fit the shape
 */
export function cutSlice(tensor: TensorLike, slice: Slice, what: string): TensorLike {
  const { shape } = tensor;
  const bounds = boundsOf(slice, { shape, what });
  const part = bounds.map(({ length }) => length);
  const positions = positionsOf(bounds, shape);
  const source = tensor.data;
  const data = ArrayBuffer.isView(source)
    ? new (source.constructor as new (length: number) => Float32Array)(positions.length)
    : [];
  positions.forEach((from, to) => {
    (data as unknown[])[to] = source[from];
  });
  return { data: data, shape: part, dtype: tensor.dtype };
}

interface Whole {
  readonly shape: readonly number[];
  readonly what: string;
}

function copyPart(data: unknown[], { slice, tensor }: TensorPart, whole: Whole): void {
  const bounds = boundsOf(slice, whole);
  const positions = positionsOf(bounds, whole.shape);
  if (positions.length !== tensor.data.length) {
    throw new FormatError('ML_FORMAT_MALFORMED', `${whole.what} has a part of another size than its place`);
  }
  positions.forEach((to, from) => {
    data[to] = tensor.data[from];
  });
}

function boundsOf(slice: Slice, { shape, what }: Whole): Slice {
  const bounds = slice.map(({ start, length }, i) => ({ start, length: length < 0 ? (shape[i] ?? 0) : length }));
  const fits = bounds.every(({ start, length }, i) => start >= 0 && start + length <= (shape[i] ?? -1));
  if (bounds.length !== shape.length || !fits) {
    throw new FormatError('ML_FORMAT_MALFORMED', `${what} has a part outside of its shape [${shape.join(', ')}]`);
  }
  return bounds;
}

/** Row-major positions of the elements of a part. */
function positionsOf(bounds: Slice, shape: readonly number[]): readonly number[] {
  let positions = [0];
  bounds.forEach(({ start, length }, axis) => {
    const extent = shape[axis] as number;
    positions = positions.flatMap((at) => Array.from({ length }, (_, i) => at * extent + start + i));
  });
  return positions;
}
