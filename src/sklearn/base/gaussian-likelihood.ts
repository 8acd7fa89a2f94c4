import type { DenseMatrix } from '../../data/dataset.ts';
import { logDeterminant } from './lu.ts';
import { minusRow, times } from './matrix-products.ts';

/**
 * The log-likelihood of each row under a Gaussian:
 * `-(x - mean)ᵀ P (x - mean) / 2 - (features · ln 2π - ln |P|) / 2`.
 */
export function gaussianLogLikelihood(
  mean: ArrayLike<number>,
  precision: DenseMatrix,
): (x: DenseMatrix) => Float64Array {
  const constant = 0.5 * (precision.rows * Math.log(2 * Math.PI) - logDeterminant(precision));
  return (x) => mahalanobis(x, mean, precision).map((value) => -0.5 * value - constant);
}

/** `(x - mean)ᵀ P (x - mean)` of each row. */
export function mahalanobis(x: DenseMatrix, mean: ArrayLike<number>, precision: DenseMatrix): Float64Array {
  const centred = minusRow(x, mean);
  const product = times(centred, precision);
  const out = new Float64Array(x.rows);
  for (let i = 0, at = 0; i < x.rows; i++) {
    let sum = 0;
    for (let j = 0; j < x.cols; j++, at++) sum += (centred.data[at] as number) * (product.data[at] as number);
    out[i] = sum;
  }
  return out;
}
