import type { EstimatorTable } from '../base/estimator.ts';
import { binarizer, maxAbsScaler, minMaxScaler, normalizer, robustScaler } from './scalers.ts';
import { standardScaler } from './standard-scaler.ts';

/** Estimators of `sklearn.preprocessing`. */
export const PREPROCESSING: EstimatorTable = new Map([
  ['sklearn.preprocessing.Binarizer', binarizer],
  ['sklearn.preprocessing.MaxAbsScaler', maxAbsScaler],
  ['sklearn.preprocessing.MinMaxScaler', minMaxScaler],
  ['sklearn.preprocessing.Normalizer', normalizer],
  ['sklearn.preprocessing.RobustScaler', robustScaler],
  ['sklearn.preprocessing.StandardScaler', standardScaler],
]);
