import type { Estimator, EstimatorTable } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { wrapperOf } from '../base/wrapper.ts';
import { labelPropagation } from './label-propagation.ts';

/** The classifier of the last round. Source: sklearn/semi_supervised/_self_training.py. */
function selfTraining(state: EstimatorState): Estimator {
  return wrapperOf(state, state.firstOf('estimator_', 'base_estimator_'));
}

/** Estimators of `sklearn.semi_supervised`. */
export const SEMI_SUPERVISED: EstimatorTable = new Map([
  ['sklearn.semi_supervised.LabelPropagation', labelPropagation],
  ['sklearn.semi_supervised.LabelSpreading', labelPropagation],
  ['sklearn.semi_supervised.SelfTrainingClassifier', selfTraining],
]);
