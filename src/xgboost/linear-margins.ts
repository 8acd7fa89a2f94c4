import type { DenseMatrix } from '../data/dataset.ts';

const { fround } = Math;

/**
 * Adds a linear booster's part to margins: bias first, then feature by feature, every step in float32; missing values
 * add nothing.
 *
 * Source: src/gbm/gblinear.cc, `GBLinear::Pred`.
 */
export function linearMargins(x: DenseMatrix, weights: Float32Array, margins: Float32Array): void {
  const { rows, cols, data } = x;
  const outputs = weights.length / (cols + 1);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < outputs; k++) {
      let sum = fround((margins[i * outputs + k] as number) + (weights[cols * outputs + k] as number));
      for (let j = 0; j < cols; j++) {
        const value = fround(data[i * cols + j] as number);
        if (!Number.isNaN(value)) sum = fround(sum + fround(value * (weights[j * outputs + k] as number)));
      }
      margins[i * outputs + k] = sum;
    }
  }
}
