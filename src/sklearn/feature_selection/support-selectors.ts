import { delegate } from '../base/delegate.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { selector, type SupportMask } from './selector.ts';

function supportOf(state: EstimatorState): SupportMask {
  return Array.from(state.vector('support_'), (keep) => keep !== 0);
}

/** Features that a search kept in `support_`. Source: sklearn/feature_selection/_sequential.py. */
export function sequentialFeatureSelector(state: EstimatorState): Estimator {
  return selector(state, supportOf(state));
}

/**
 * Features that recursive elimination kept; predictions are those of the estimator fitted on them.
 *
 * Source: sklearn/feature_selection/_rfe.py, `RFE`.
 */
export function recursiveFeatureElimination(state: EstimatorState): Estimator {
  const chosen = selector(state, supportOf(state));
  const inner = state.estimator('estimator_');
  const { predict, predictProba, predictLogProba, decisionFunction, rawScores } = delegate(inner, chosen.transform);
  return {
    ...chosen,
    task: inner.task,
    ...(inner.classes !== undefined && { classes: inner.classes }),
    ...(predict !== undefined && { predict }),
    ...(predictProba !== undefined && { predictProba }),
    ...(predictLogProba !== undefined && { predictLogProba }),
    ...(decisionFunction !== undefined && { decisionFunction }),
    ...(rawScores !== undefined && { rawScores }),
  };
}

/** Features whose variance in training was above `threshold`. Source: sklearn/feature_selection/_variance_threshold.py. */
export function varianceThreshold(state: EstimatorState): Estimator {
  const threshold = state.number('threshold');
  return selector(
    state,
    Array.from(state.vector('variances_'), (variance) => variance > threshold),
  );
}
