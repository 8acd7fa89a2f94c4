import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { selectFromModel } from './select-from-model.ts';
import { recursiveFeatureElimination, sequentialFeatureSelector, varianceThreshold } from './support-selectors.ts';
import { genericUnivariateSelect, univariate } from './univariate.ts';

/** Estimators of `sklearn.feature_selection`. */
export const FEATURE_SELECTION: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn.feature_selection.GenericUnivariateSelect', genericUnivariateSelect],
  ['sklearn.feature_selection.RFE', recursiveFeatureElimination],
  ['sklearn.feature_selection.RFECV', recursiveFeatureElimination],
  ['sklearn.feature_selection.SelectFdr', univariate('fdr', 'alpha')],
  ['sklearn.feature_selection.SelectFpr', univariate('fpr', 'alpha')],
  ['sklearn.feature_selection.SelectFromModel', selectFromModel],
  ['sklearn.feature_selection.SelectFwe', univariate('fwe', 'alpha')],
  ['sklearn.feature_selection.SelectKBest', univariate('k_best', 'k')],
  ['sklearn.feature_selection.SelectPercentile', univariate('percentile', 'percentile')],
  ['sklearn.feature_selection.SequentialFeatureSelector', sequentialFeatureSelector],
  ['sklearn.feature_selection.VarianceThreshold', varianceThreshold],
]);
