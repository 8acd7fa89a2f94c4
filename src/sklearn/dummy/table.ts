import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { dummyClassifier } from './dummy-classifier.ts';
import { dummyRegressor } from './dummy-regressor.ts';

/** Estimators of `sklearn.dummy`. */
export const DUMMY: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn.dummy.DummyClassifier', dummyClassifier],
  ['sklearn.dummy.DummyRegressor', dummyRegressor],
]);
