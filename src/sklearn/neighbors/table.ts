import type { EstimatorTable } from '../base/estimator.ts';
import { kNeighborsClassifier, kNeighborsRegressor } from './k-neighbors.ts';
import { kernelDensity } from './kernel-density.ts';
import { localOutlierFactor } from './local-outlier-factor.ts';
import { nearestCentroid } from './nearest-centroid.ts';
import { neighborhoodComponents } from './neighborhood-components.ts';
import { kNeighborsTransformer, radiusNeighborsTransformer } from './neighbors-transformer.ts';
import { radiusNeighborsClassifier, radiusNeighborsRegressor } from './radius-neighbors.ts';

/** Estimators of `sklearn.neighbors`. */
export const NEIGHBORS: EstimatorTable = new Map([
  ['sklearn.neighbors.KNeighborsClassifier', kNeighborsClassifier],
  ['sklearn.neighbors.KNeighborsRegressor', kNeighborsRegressor],
  ['sklearn.neighbors.KNeighborsTransformer', kNeighborsTransformer],
  ['sklearn.neighbors.KernelDensity', kernelDensity],
  ['sklearn.neighbors.LocalOutlierFactor', localOutlierFactor],
  ['sklearn.neighbors.NearestCentroid', nearestCentroid],
  ['sklearn.neighbors.NeighborhoodComponentsAnalysis', neighborhoodComponents],
  ['sklearn.neighbors.RadiusNeighborsClassifier', radiusNeighborsClassifier],
  ['sklearn.neighbors.RadiusNeighborsRegressor', radiusNeighborsRegressor],
  ['sklearn.neighbors.RadiusNeighborsTransformer', radiusNeighborsTransformer],
]);
