import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { featureUnion } from './feature-union.ts';
import { pipeline } from './pipeline.ts';

/** Estimators of `sklearn.pipeline`. */
export const PIPELINE: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn.pipeline.FeatureUnion', featureUnion],
  ['sklearn.pipeline.Pipeline', pipeline],
]);
