import { DenseMatrix } from '../../data/dataset.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import type { EstimatorState } from './estimator-state.ts';

/** The matrices of a list or array of objects; an array of one dimension counts as a single row. */
export function matrixList(state: EstimatorState, name: string): DenseMatrix[] {
  return state.items(name).map((item, i) => {
    if (!(item instanceof NdArray) || item.ndim === 0 || item.ndim > 2)
      throw state.unsupported(`${name}[${i}] that is no matrix`);
    const [rows, cols] = item.ndim === 2 ? (item.shape as [number, number]) : [1, item.shape[0] as number];
    return new DenseMatrix(rows, cols, item.toFloat64Array());
  });
}

/** The matrices along the first dimension of an array of three dimensions. */
export function matricesOf(state: EstimatorState, name: string): DenseMatrix[] {
  const array = state.ndarray(name);
  if (array.ndim !== 3) throw state.unsupported(`${name} of ${array.ndim} dimensions`);
  const [count, rows, cols] = array.shape as [number, number, number];
  const data = array.toFloat64Array();
  const size = rows * cols;
  return Array.from({ length: count }, (_, i) => new DenseMatrix(rows, cols, data.subarray(i * size, (i + 1) * size)));
}
