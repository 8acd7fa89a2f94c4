import { DenseMatrix } from '../../data/dataset.ts';

/** Natural logarithm of each value; 0 gives -Infinity, as in numpy. */
export function logOf(probabilities: DenseMatrix): DenseMatrix {
  return new DenseMatrix(probabilities.rows, probabilities.cols, probabilities.data.map(Math.log));
}
