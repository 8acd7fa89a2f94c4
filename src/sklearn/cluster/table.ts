import type { EstimatorTable } from '../base/estimator.ts';
import { birch } from './birch.ts';
import { bisectingKMeans } from './bisecting-k-means.ts';
import { featureAgglomeration } from './feature-agglomeration.ts';
import { kMeans, nearestCenter } from './nearest-center.ts';

/** Estimators of `sklearn.cluster`: those that say something of rows they were not fitted on. */
export const CLUSTER: EstimatorTable = new Map([
  ['sklearn.cluster.KMeans', kMeans],
  ['sklearn.cluster.MiniBatchKMeans', kMeans],
  ['sklearn.cluster.BisectingKMeans', bisectingKMeans],
  ['sklearn.cluster.MeanShift', nearestCenter],
  ['sklearn.cluster.AffinityPropagation', nearestCenter],
  ['sklearn.cluster.Birch', birch],
  ['sklearn.cluster.FeatureAgglomeration', featureAgglomeration],
]);
