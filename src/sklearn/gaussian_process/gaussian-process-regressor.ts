import type { Estimator } from '../base/estimator.ts';
import { DenseMatrix } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { times } from '../base/matrix-products.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { rowsOf } from '../linear_model/linear-regressor.ts';
import { covarianceOf } from './kernel.ts';

/**
 * The mean of the posterior: `kernel_(x, X_train_) · alpha_ · _y_train_std + _y_train_mean`. Its deviation is not
 * among the methods of a model.
 *
 * Source: sklearn/gaussian_process/_gpr.py, `GaussianProcessRegressor.predict`.
 */
export function gaussianProcessRegressor(state: EstimatorState): Estimator {
  const train = state.matrix('X_train_');
  const { between } = covarianceOf(state.part('kernel_'));
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
      const out = times(between(finiteInput(x, train.cols, className), train), alpha);
      for (let at = 0; at < out.data.length; at++) {
        const k = at % targets;
        out.data[at] = pick(std, k) * (out.data[at] as number) + pick(mean, k);
      }
      return several ? rowsOf(out) : out.data;
    },
  };
}

function pick(values: Float64Array, k: number): number {
  return (values.length === 1 ? values[0] : values[k]) as number;
}
