import type { EstimatorTable } from '../base/estimator.ts';
import { randomProjection } from './random-projection.ts';

/** Estimators of `sklearn.random_projection`. */
export const RANDOM_PROJECTION: EstimatorTable = new Map([
  ['sklearn.random_projection.GaussianRandomProjection', randomProjection],
  ['sklearn.random_projection.SparseRandomProjection', randomProjection],
]);
