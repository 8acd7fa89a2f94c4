import { isNode, PyObject, type PyValue } from '../formats/pickle/nodes.ts';
import type { Estimator, EstimatorConstructor, EstimatorTable } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { adaBoostClassifier } from '../sklearn/ensemble/ada-boost-classifier.ts';
import { baggingClassifier } from '../sklearn/ensemble/bagging.ts';
import { forestClassifier } from '../sklearn/ensemble/forest.ts';
import { pipeline } from '../sklearn/pipeline/pipeline.ts';

/** Whether a step changes the rows that a model is trained with, and has nothing to do with rows to predict. */
function isSampler(value: PyValue): boolean {
  if (!isNode(value) || !(value instanceof PyObject)) return false;
  const { module, name } = value.cls;
  return /^imblearn\.(?:over_sampling|under_sampling|combine)\./.test(module) || name === 'FunctionSampler';
}

/**
 * A pipeline without its samplers.
 *
 * Source: imblearn/pipeline.py, `Pipeline._iter(filter_resample=True)`.
 */
function samplingPipeline(state: EstimatorState): Estimator {
  return pipeline(state, isSampler);
}

/** Estimators of `imblearn`. Its ensembles predict as scikit-learn's: only their training samples. */
export const IMBLEARN: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['imblearn.ensemble.BalancedBaggingClassifier', baggingClassifier],
  ['imblearn.ensemble.BalancedRandomForestClassifier', forestClassifier],
  ['imblearn.ensemble.EasyEnsembleClassifier', baggingClassifier],
  ['imblearn.ensemble.RUSBoostClassifier', adaBoostClassifier],
  ['imblearn.pipeline.Pipeline', samplingPipeline],
]);
