import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { plainLinearClassifier } from './linear-classifier.ts';
import { generalizedLinearRegressor, plainLinearRegressor } from './linear-regressor.ts';
import { logisticRegression } from './logistic-regression.ts';
import { ransacRegressor } from './ransac-regressor.ts';
import { ridgeClassifier } from './ridge-classifier.ts';
import { sgdClassifier } from './sgd-classifier.ts';
import { sgdOneClassSvm } from './sgd-one-class-svm.ts';

const CONSTRUCTORS: readonly (readonly [EstimatorConstructor, readonly string[]])[] = [
  [
    plainLinearRegressor,
    [
      'LinearRegression',
      'Ridge',
      'RidgeCV',
      'Lasso',
      'LassoCV',
      'ElasticNet',
      'ElasticNetCV',
      'Lars',
      'LarsCV',
      'LassoLars',
      'LassoLarsCV',
      'LassoLarsIC',
      'MultiTaskLasso',
      'MultiTaskLassoCV',
      'MultiTaskElasticNet',
      'MultiTaskElasticNetCV',
      'OrthogonalMatchingPursuit',
      'OrthogonalMatchingPursuitCV',
      'BayesianRidge',
      'ARDRegression',
      'HuberRegressor',
      'TheilSenRegressor',
      'QuantileRegressor',
      'SGDRegressor',
      'PassiveAggressiveRegressor',
    ],
  ],
  [plainLinearClassifier, ['Perceptron', 'PassiveAggressiveClassifier']],
  [logisticRegression, ['LogisticRegression', 'LogisticRegressionCV']],
  [sgdClassifier, ['SGDClassifier']],
  [sgdOneClassSvm, ['SGDOneClassSVM']],
  [ridgeClassifier, ['RidgeClassifier', 'RidgeClassifierCV']],
  [generalizedLinearRegressor, ['PoissonRegressor', 'GammaRegressor', 'TweedieRegressor']],
  [ransacRegressor, ['RANSACRegressor']],
];

/** Estimators of `sklearn.linear_model`. */
export const LINEAR_MODEL: EstimatorTable = new Map(
  CONSTRUCTORS.flatMap(([build, names]) => names.map((name) => [`sklearn.linear_model.${name}`, build] as const)),
);
