import type { EstimatorTable } from '../base/estimator.ts';
import { classifierChain, regressorChain } from './chain.ts';
import { multiOutputClassifier, multiOutputRegressor } from './multi-output.ts';

/** Estimators of `sklearn.multioutput`. */
export const MULTIOUTPUT: EstimatorTable = new Map([
  ['sklearn.multioutput.MultiOutputClassifier', multiOutputClassifier],
  ['sklearn.multioutput.MultiOutputRegressor', multiOutputRegressor],
  ['sklearn.multioutput.ClassifierChain', classifierChain],
  ['sklearn.multioutput.RegressorChain', regressorChain],
]);
