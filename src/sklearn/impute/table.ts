import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { iterativeImputer } from './iterative-imputer.ts';
import { knnImputer } from './knn-imputer.ts';
import { missingIndicator } from './missing-indicator.ts';
import { legacyImputer, simpleImputer } from './simple-imputer.ts';

/** Estimators of `sklearn.impute`, and the imputer of `sklearn.preprocessing` that came before them. */
export const IMPUTE: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn.impute.IterativeImputer', iterativeImputer],
  ['sklearn.impute.KNNImputer', knnImputer],
  ['sklearn.impute.MissingIndicator', missingIndicator],
  ['sklearn.impute.SimpleImputer', simpleImputer],
  ['sklearn.preprocessing.Imputer', legacyImputer],
]);
