import type { EstimatorTable } from '../base/estimator.ts';
import { isomap } from './isomap.ts';
import { locallyLinearEmbedding } from './locally-linear-embedding.ts';

/** Estimators of `sklearn.manifold`. */
export const MANIFOLD: EstimatorTable = new Map([
  ['sklearn.manifold.Isomap', isomap],
  ['sklearn.manifold.LocallyLinearEmbedding', locallyLinearEmbedding],
]);
