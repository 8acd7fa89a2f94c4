import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { requireFinite } from './columns.ts';
import { requirePredict } from './members.ts';

/**
 * The weighted median of the members' predictions: the first, in ascending order, whose weights add up to at least
 * half of all.
 *
 * Source: sklearn/ensemble/_weight_boosting.py, `AdaBoostRegressor._get_median_predict`.
 */
export function adaBoostRegressor(state: EstimatorState): Estimator {
  const { className } = state;
  const members = state.estimators('estimators_');
  const predicts = members.map((member) => requirePredict(state, member));
  const weights = state.vector('estimator_weights_').slice();
  return {
    className,
    task: 'regression',
    width: state.width ?? members[0]?.width,
    featureNames: state.featureNames,
    predict: medianOf(className, predicts, weights),
  };
}

function medianOf(
  className: string,
  predicts: readonly NonNullable<Estimator['predict']>[],
  weights: Float64Array,
): NonNullable<Estimator['predict']> {
  return (x) => {
    requireFinite(x, className);
    const predictions = predicts.map((predict) => predict(x));
    const order = predicts.map((_, member) => member);
    return Float64Array.from({ length: x.rows }, (_, i) => {
      const valueOf = (member: number): number => Number(predictions[member]?.[i]);
      order.sort((a, b) => valueOf(a) - valueOf(b) || a - b);
      let total = 0;
      const running = order.map((member) => (total += weights[member] ?? 0));
      const middle = running.findIndex((sum) => sum >= 0.5 * total);
      return valueOf(order[Math.max(middle, 0)] as number);
    });
  };
}
