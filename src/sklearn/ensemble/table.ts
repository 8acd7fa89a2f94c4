import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { adaBoostClassifier } from './ada-boost-classifier.ts';
import { adaBoostRegressor } from './ada-boost-regressor.ts';
import { baggingClassifier, baggingRegressor } from './bagging.ts';
import { forestClassifier, forestRegressor } from './forest.ts';
import { gradientBoostingClassifier, gradientBoostingRegressor } from './gradient-boosting.ts';
import { histGradientBoostingClassifier, histGradientBoostingRegressor } from './hist-gradient-boosting.ts';
import { isolationForest } from './isolation-forest.ts';
import { randomTreesEmbedding } from './random-trees-embedding.ts';
import { stackingClassifier, stackingRegressor } from './stacking.ts';
import { votingClassifier, votingRegressor } from './voting.ts';

/** Estimators of `sklearn.ensemble`. */
export const ENSEMBLE: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn.ensemble.AdaBoostClassifier', adaBoostClassifier],
  ['sklearn.ensemble.AdaBoostRegressor', adaBoostRegressor],
  ['sklearn.ensemble.BaggingClassifier', baggingClassifier],
  ['sklearn.ensemble.BaggingRegressor', baggingRegressor],
  ['sklearn.ensemble.ExtraTreesClassifier', forestClassifier],
  ['sklearn.ensemble.ExtraTreesRegressor', forestRegressor],
  ['sklearn.ensemble.GradientBoostingClassifier', gradientBoostingClassifier],
  ['sklearn.ensemble.GradientBoostingRegressor', gradientBoostingRegressor],
  ['sklearn.ensemble.HistGradientBoostingClassifier', histGradientBoostingClassifier],
  ['sklearn.ensemble.HistGradientBoostingRegressor', histGradientBoostingRegressor],
  ['sklearn.ensemble.IsolationForest', isolationForest],
  ['sklearn.ensemble.RandomForestClassifier', forestClassifier],
  ['sklearn.ensemble.RandomForestRegressor', forestRegressor],
  ['sklearn.ensemble.RandomTreesEmbedding', randomTreesEmbedding],
  ['sklearn.ensemble.StackingClassifier', stackingClassifier],
  ['sklearn.ensemble.StackingRegressor', stackingRegressor],
  ['sklearn.ensemble.VotingClassifier', votingClassifier],
  ['sklearn.ensemble.VotingRegressor', votingRegressor],
]);
