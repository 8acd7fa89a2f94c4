import type { EstimatorTable } from '../base/estimator.ts';
import { constantPredictor } from './constant-predictor.ts';
import { oneVsOneClassifier } from './one-vs-one.ts';
import { oneVsRestClassifier } from './one-vs-rest.ts';
import { outputCodeClassifier } from './output-code.ts';

/** Estimators of `sklearn.multiclass`. */
export const MULTICLASS: EstimatorTable = new Map([
  ['sklearn.multiclass.OneVsRestClassifier', oneVsRestClassifier],
  ['sklearn.multiclass.OneVsOneClassifier', oneVsOneClassifier],
  ['sklearn.multiclass.OutputCodeClassifier', outputCodeClassifier],
  ['sklearn.multiclass._ConstantPredictor', constantPredictor],
]);
