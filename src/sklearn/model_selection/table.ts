import type { Estimator, EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { wrapperOf } from '../base/wrapper.ts';
import { fixedThresholdClassifier, tunedThresholdClassifier } from './threshold-classifiers.ts';

/**
 * A fitted search answers as its best estimator. Its scorers and results are training state and stay unread.
 *
 * Source: sklearn/model_selection/_search.py.
 */
function search(state: EstimatorState): Estimator {
  if (state.get('refit') === false)
    throw state.unsupported('a search with refit=False, which keeps no fitted estimator,');
  return wrapperOf(state, 'best_estimator_');
}

const SEARCHES = ['GridSearchCV', 'RandomizedSearchCV', 'HalvingGridSearchCV', 'HalvingRandomSearchCV'];

/** Estimators of `sklearn.model_selection` (and of `sklearn.grid_search`, its name before 0.20). */
export const MODEL_SELECTION: EstimatorTable = new Map<string, EstimatorConstructor>([
  ...SEARCHES.map((name) => [`sklearn.model_selection.${name}`, search] as const),
  ['sklearn.model_selection.FixedThresholdClassifier', fixedThresholdClassifier],
  ['sklearn.model_selection.TunedThresholdClassifierCV', tunedThresholdClassifier],
  ['sklearn.grid_search.GridSearchCV', search],
  ['sklearn.grid_search.RandomizedSearchCV', search],
]);
