import type { EstimatorTable } from '../base/estimator.ts';
import { binaryLaplace } from './binary-laplace.ts';
import { gaussianProcessClassifier } from './gaussian-process-classifier.ts';
import { gaussianProcessRegressor } from './gaussian-process-regressor.ts';

/** Estimators of `sklearn.gaussian_process`. */
export const GAUSSIAN_PROCESS: EstimatorTable = new Map([
  ['sklearn.gaussian_process.GaussianProcessRegressor', gaussianProcessRegressor],
  ['sklearn.gaussian_process.GaussianProcessClassifier', gaussianProcessClassifier],
  ['sklearn.gaussian_process._BinaryGaussianProcessClassifierLaplace', binaryLaplace],
]);
