import type { EstimatorTable } from '../base/estimator.ts';
import { plainLinearClassifier } from '../linear_model/linear-classifier.ts';
import { plainLinearRegressor } from '../linear_model/linear-regressor.ts';

/** Estimators of `sklearn.svm`. */
export const SVM: EstimatorTable = new Map([
  ['sklearn.svm.LinearSVC', plainLinearClassifier],
  ['sklearn.svm.LinearSVR', plainLinearRegressor],
]);
