import type { Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * The same value for every row: the mean, median or a quantile of the training target, or a constant.
 *
 * Source: sklearn/dummy.py, `DummyRegressor.predict`.
 */
export function dummyRegressor(state: EstimatorState): Estimator {
  const values = Array.from(state.vector('constant_'));
  // A column as the target gave columns back before 0.22.
  const single = values.length === 1 && state.get('output_2d_') !== true ? values[0] : undefined;
  return {
    className: state.className,
    task: 'regression',
    // It never looks at its input.
    width: undefined,
    featureNames: undefined,
    predict(x): ArrayLike<Prediction> {
      return single === undefined
        ? Array.from({ length: x.rows }, () => values)
        : new Float64Array(x.rows).fill(single);
    },
  };
}
