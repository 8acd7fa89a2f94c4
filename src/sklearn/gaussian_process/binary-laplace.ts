import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { triangularSolve } from '../../kernel/triangular-solve.ts';
import type { Label } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { transposed, times } from '../base/matrix-products.ts';
import { erf } from './erf.ts';
import { covarianceOf } from './kernel.ts';

const LAMBDAS: readonly number[] = [0.41, 0.4, 0.37, 0.44, 0.39];
const COEFS: readonly number[] = [-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654];

/**
 * A Gaussian process of two classes: the sign of the latent mean decides; the probability is the logistic function's
 * mean under the latent Gaussian, approximated by five error functions.
 *
 * Source: sklearn/gaussian_process/_gpc.py, `_BinaryGaussianProcessClassifierLaplace`.
 */
export function binaryLaplace(state: EstimatorState): Estimator {
  const train = state.matrix('X_train_');
  const covariance = covarianceOf(state.part('kernel_'), train);
  const classes = state.labels('classes_');
  const pi = state.vector('pi_');
  const weights = state.vector('y_train_').map((y, i) => y - (pi[i] as number));
  const roots = state.vector('W_sr_');
  const lower = state.matrix('L_');
  const n = train.rows;
  if (
    [weights.length, pi.length, roots.length, lower.rows, lower.cols].some((length) => length !== n) ||
    classes.length !== 2
  )
    throw state.unsupported('a posterior that does not fit its training rows');
  const { className } = state;
  const latent = (x: DenseMatrix): { readonly kernel: DenseMatrix; readonly mean: Float64Array } => {
    const kernel = covariance.between(train, x);
    return { kernel, mean: times(transposed(kernel), new DenseMatrix(n, 1, weights)).data };
  };
  return {
    className,
    task: 'binary-classification',
    width: train.cols,
    featureNames: state.featureNames,
    classes,
    predict(x: Dataset) {
      const { mean } = latent(finiteInput(x, train.cols, className));
      return Array.from(mean, (value) => classes[Number(value > 0)] as Label);
    },
    predictProba(x: Dataset) {
      const dense = finiteInput(x, train.cols, className);
      const { kernel, mean } = latent(dense);
      const reduction = solvedNorms(lower, kernel, roots);
      const own = covariance.diagonal(dense);
      const out = new DenseMatrix(x.rows, 2);
      for (let i = 0; i < x.rows; i++) {
        const p = meanLogistic(mean[i] as number, (own[i] as number) - (reduction[i] as number));
        out.data[2 * i] = 1 - p;
        out.data[2 * i + 1] = p;
      }
      return out;
    },
  };
}

function meanLogistic(mean: number, variance: number): number {
  const alpha = 1 / (2 * variance);
  let sum = 0;
  let total = 0;
  for (const [k, lambda] of LAMBDAS.entries()) {
    const coef = COEFS[k] as number;
    const error = erf(lambda * mean * Math.sqrt(alpha / (alpha + lambda * lambda)));
    sum += (coef * (Math.sqrt(Math.PI / alpha) * error)) / (2 * Math.sqrt(variance * 2 * Math.PI));
    total += coef;
  }
  return sum + 0.5 * total;
}

/** Sum of squares of each column of `L⁻¹ · diag(roots) · kernel`. */
function solvedNorms(lower: DenseMatrix, kernel: DenseMatrix, roots: Float64Array): Float64Array {
  const { rows: n, cols } = kernel;
  const out = new Float64Array(cols);
  const right = new DenseMatrix(n, cols);
  for (let i = 0, at = 0; i < n; i++) {
    const root = roots[i] as number;
    for (let c = 0; c < cols; c++, at++) right.data[at] = root * (kernel.data[at] as number);
  }
  const tiled = triangularSolve(lower, right);
  if (tiled !== undefined) {
    for (let i = 0, at = 0; i < n; i++) {
      for (let c = 0; c < cols; c++, at++) {
        const value = tiled.data[at] as number;
        out[c] = (out[c] as number) + value * value;
      }
    }
    return out;
  }
  const solved = new Float64Array(n);
  for (let c = 0; c < cols; c++) {
    for (let i = 0; i < n; i++) {
      let sum = right.data[i * cols + c] as number;
      for (let k = 0; k < i; k++) sum -= (lower.data[i * n + k] as number) * (solved[k] as number);
      const value = sum / (lower.data[i * n + i] as number);
      solved[i] = value;
      out[c] = (out[c] as number) + value * value;
    }
  }
  return out;
}
