import type { EstimatorTable } from '../base/estimator.ts';
import { standardScaler } from './standard-scaler.ts';

/** Estimators of `sklearn.preprocessing`. */
export const PREPROCESSING: EstimatorTable = new Map([['sklearn.preprocessing.StandardScaler', standardScaler]]);
