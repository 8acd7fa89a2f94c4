import type { EstimatorTable } from '../base/estimator.ts';
import { plainLinearClassifier } from '../linear_model/linear-classifier.ts';
import { plainLinearRegressor } from '../linear_model/linear-regressor.ts';
import { oneClassSvm } from './one-class-svm.ts';
import { svc } from './svc.ts';
import { svr } from './svr.ts';

/** Estimators of `sklearn.svm`. */
export const SVM: EstimatorTable = new Map([
  ['sklearn.svm.LinearSVC', plainLinearClassifier],
  ['sklearn.svm.LinearSVR', plainLinearRegressor],
  ['sklearn.svm.NuSVC', svc],
  ['sklearn.svm.NuSVR', svr],
  ['sklearn.svm.OneClassSVM', oneClassSvm],
  ['sklearn.svm.SVC', svc],
  ['sklearn.svm.SVR', svr],
]);
