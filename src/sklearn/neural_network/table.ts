import type { EstimatorTable } from '../base/estimator.ts';
import { bernoulliRbm } from './bernoulli-rbm.ts';
import { mlpClassifier } from './mlp-classifier.ts';
import { mlpRegressor } from './mlp-regressor.ts';

/** Estimators of `sklearn.neural_network`. */
export const NEURAL_NETWORK: EstimatorTable = new Map([
  ['sklearn.neural_network.BernoulliRBM', bernoulliRbm],
  ['sklearn.neural_network.MLPClassifier', mlpClassifier],
  ['sklearn.neural_network.MLPRegressor', mlpRegressor],
]);
