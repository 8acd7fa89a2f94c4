import type { EstimatorTable } from '../base/estimator.ts';
import { decisionTreeClassifier, decisionTreeRegressor } from './decision-tree.ts';

/** Estimators of `sklearn.tree`. */
export const TREE: EstimatorTable = new Map([
  ['sklearn.tree.DecisionTreeClassifier', decisionTreeClassifier],
  ['sklearn.tree.DecisionTreeRegressor', decisionTreeRegressor],
  ['sklearn.tree.ExtraTreeClassifier', decisionTreeClassifier],
  ['sklearn.tree.ExtraTreeRegressor', decisionTreeRegressor],
]);
