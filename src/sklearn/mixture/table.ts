import type { EstimatorTable } from '../base/estimator.ts';
import { bayesianGaussianMixture, gaussianMixture } from './mixture.ts';

/** Estimators of `sklearn.mixture`. */
export const MIXTURE: EstimatorTable = new Map([
  ['sklearn.mixture.GaussianMixture', gaussianMixture],
  ['sklearn.mixture.BayesianGaussianMixture', bayesianGaussianMixture],
]);
