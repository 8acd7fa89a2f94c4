import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { rowsOf } from '../linear_model/linear-regressor.ts';
import { perceptronLayers } from './perceptron-layers.ts';

/**
 * A multilayer perceptron; one value per row, or an array per row for several targets.
 *
 * Source: sklearn/neural_network/_multilayer_perceptron.py, `MLPRegressor`.
 */
export function mlpRegressor(state: EstimatorState): Estimator {
  const { width, outputs, forward } = perceptronLayers(state);
  return {
    className: state.className,
    task: 'regression',
    width,
    featureNames: state.featureNames,
    predict: (x) => (outputs === 1 ? forward(x).data : rowsOf(forward(x))),
  };
}
