import type { Estimator } from '../base/estimator.ts';
import { DenseMatrix } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { times } from '../base/matrix-products.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { rowsOf } from '../linear_model/linear-regressor.ts';
import { covarianceOf } from './kernel.ts';

/** Rows whose covariances are kept at once: they stay in a core's own cache. */
const BLOCK_ROWS = 64;

/**
 * The mean of the posterior: `kernel_(x, X_train_) · alpha_ · _y_train_std + _y_train_mean`. Its deviation is not
 * among the methods of a model.
 *
 * Source: sklearn/gaussian_process/_gpr.py, `GaussianProcessRegressor.predict`.
 */
export function gaussianProcessRegressor(state: EstimatorState): Estimator {
  const train = state.matrix('X_train_');
  const { between } = covarianceOf(state.part('kernel_'), train);
  const array = state.ndarray('alpha_');
  const targets = array.ndim === 2 ? (array.shape[1] as number) : 1;
  const alpha = new DenseMatrix(train.rows, targets, array.toFloat64Array());
  if (alpha.data.length !== train.rows * targets) throw state.unsupported('alpha_ that does not fit X_train_');
  const mean = state.vector('_y_train_mean');
  // Before 0.23 targets were only centred.
  const std = state.optionalVector('_y_train_std') ?? Float64Array.of(1);
  const several = array.ndim === 2 && (targets > 1 || !atLeast(state.version, 1, 1));
  const { className } = state;
  return {
    className,
    task: 'regression',
    width: train.cols,
    featureNames: state.featureNames,
    predict(x) {
      const dense = finiteInput(x, train.cols, className);
      const out = new DenseMatrix(dense.rows, targets);
      for (let row = 0; row < dense.rows; row += BLOCK_ROWS) {
        const block = rowsFrom(dense, row, Math.min(BLOCK_ROWS, dense.rows - row));
        out.data.set(times(between(block, train), alpha).data, row * targets);
      }
      for (let at = 0; at < out.data.length; at++) {
        const k = at % targets;
        out.data[at] = pick(std, k) * (out.data[at] as number) + pick(mean, k);
      }
      return several ? rowsOf(out) : out.data;
    },
  };
}

function rowsFrom({ cols, data }: DenseMatrix, row: number, count: number): DenseMatrix {
  return new DenseMatrix(count, cols, data.subarray(row * cols, (row + count) * cols));
}

function pick(values: Float64Array, k: number): number {
  return (values.length === 1 ? values[0] : values[k]) as number;
}
