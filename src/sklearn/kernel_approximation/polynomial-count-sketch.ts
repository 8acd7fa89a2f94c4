import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';

const MAX_COMPONENTS = 2 ** 20;

/**
 * The circular convolution of `degree` count sketches of `sqrt(gamma) · x` (and `sqrt(coef0)` as a last column).
 * scikit-learn multiplies Fourier transforms; summing directly gives the same up to rounding.
 *
 * Source: sklearn/kernel_approximation.py, `PolynomialCountSketch`.
 */
export function polynomialCountSketch(state: EstimatorState): Estimator {
  const size = state.number('n_components');
  const degree = state.number('degree');
  const gamma = Math.sqrt(state.number('gamma'));
  const coef0 = state.number('coef0');
  const hashes = state.matrix('indexHash_');
  const signs = state.matrix('bitHash_');
  const fits = hashes.rows === degree && signs.rows === degree && signs.cols === hashes.cols;
  const places = hashes.data.every((place) => Number.isSafeInteger(place) && place >= 0 && place < size);
  const sized = Number.isSafeInteger(size) && size >= 1 && size <= MAX_COMPONENTS;
  if (!fits || !places || !sized || degree < 1)
    throw state.unsupported('hashes that do not fit the number of components');
  const width = hashes.cols - (coef0 === 0 ? 0 : 1);
  const { className } = state;
  const sketch = (row: Float64Array, d: number): Float64Array => {
    const out = new Float64Array(size);
    for (const [j, value] of row.entries()) {
      const at = d * hashes.cols + j;
      const place = hashes.data[at] as number;
      out[place] = (out[place] as number) + (signs.data[at] as number) * value;
    }
    return out;
  };
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x) {
      const { data } = finiteInput(x, width, className);
      const out = new DenseMatrix(x.rows, size);
      const row = new Float64Array(hashes.cols).fill(Math.sqrt(coef0));
      for (let i = 0; i < x.rows; i++) {
        for (let j = 0; j < width; j++) row[j] = gamma * (data[i * width + j] as number);
        let product = sketch(row, 0);
        for (let d = 1; d < degree; d++) product = convolved(product, sketch(row, d));
        out.data.set(product, i * size);
      }
      return out;
    },
  };
}

function convolved(a: Float64Array, b: Float64Array): Float64Array {
  const n = a.length;
  const out = new Float64Array(n);
  for (const [i, left] of a.entries()) {
    if (left === 0) continue;
    for (const [j, right] of b.entries()) {
      const to = (i + j) % n;
      out[to] = (out[to] as number) + left * right;
    }
  }
  return out;
}
