import { DenseTensor } from '../data/dense-tensor.ts';
import { PredictionError } from '../errors/prediction-error.ts';
import type { TensorData, TensorLike } from '../spec/tensor.ts';

/** Parts of a batch put together along the first dimension. */
export function concatRows(parts: readonly DenseTensor[]): DenseTensor {
  const [first] = parts;
  if (first === undefined) throw new PredictionError('ML_PREDICT_FAILED', 'the model gave no output');
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + part.data.length, 0);
  const count = parts.reduce((sum, part) => sum + (part.shape[0] ?? 1), 0);
  const data = allocateLike(first.data, length);
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.data.length; i++) data[at++] = part.data[i];
  }
  return new DenseTensor(data as TensorData, [count, ...first.shape.slice(1)], first.dtype);
}

/** `[rows]` as `[rows, 1]`; dimensions after the first are flattened. */
export function asMatrix(tensor: DenseTensor): DenseTensor {
  const { data, shape, dtype } = tensor;
  if (shape.length === 2) return tensor;
  const count = shape[0] ?? 1;
  return new DenseTensor(data, [count, count === 0 ? 1 : data.length / count], dtype);
}

/** A single column as `[rows]`; anything wider as it is. */
export function asVector(tensor: DenseTensor): DenseTensor {
  const { data, shape, dtype } = tensor;
  return shape.length === 2 && shape[1] === 1 ? new DenseTensor(data, [shape[0] as number], dtype) : tensor;
}

/** The two columns `1 - p` and `p` of a model that gives only the probability of the second class. */
export function bothClasses(tensor: DenseTensor): DenseTensor {
  const { data, dtype } = tensor;
  const count = data.length;
  const out = dtype === 'float64' ? new Float64Array(count * 2) : new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    const p = Number(data[i]);
    out[2 * i] = 1 - p;
    out[2 * i + 1] = p;
  }
  return new DenseTensor(out, [count, 2], dtype);
}

/** Columns of one value per row, side by side. */
export function joinColumns(columns: readonly DenseTensor[]): DenseTensor {
  const [first] = columns;
  if (first === undefined) throw new PredictionError('ML_PREDICT_FAILED', 'the model gave no output');
  const count = first.data.length;
  const width = columns.length;
  const data = allocateLike(first.data, count * width);
  for (const [j, column] of columns.entries()) {
    for (let i = 0; i < count; i++) data[i * width + j] = column.data[i];
  }
  return new DenseTensor(data as TensorData, [count, width], first.dtype);
}

/** The natural logarithm of every element. */
export function logarithm(tensor: DenseTensor): DenseTensor {
  const { data, shape, dtype } = tensor;
  const out = dtype === 'float64' ? new Float64Array(data.length) : new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = Math.log(Number(data[i]));
  return new DenseTensor(out, shape, dtype);
}

/** The column of the largest value of a row; the first of equals, as numpy does; NaN counts as largest. */
export function argmax(matrix: TensorLike, row: number): number {
  const { data, shape } = matrix;
  const width = shape[1] as number;
  const start = row * width;
  let best = 0;
  for (let j = 0; j < width; j++) {
    const value = Number(data[start + j]);
    if (Number.isNaN(value)) return j;
    if (value > Number(data[start + best])) best = j;
  }
  return best;
}

function allocateLike(data: TensorData, length: number): { [index: number]: unknown } {
  if (!ArrayBuffer.isView(data)) return Array.from({ length });
  const constructor = data.constructor as new (length: number) => { [index: number]: unknown };
  return new constructor(length);
}
