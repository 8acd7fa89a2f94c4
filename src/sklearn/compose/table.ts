import type { EstimatorConstructor, EstimatorTable } from '../base/estimator.ts';
import { columnTransformer } from './column-transformer.ts';
import { transformedTargetRegressor } from './transformed-target-regressor.ts';

/** Estimators of `sklearn.compose`. */
export const COMPOSE: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['sklearn.compose.ColumnTransformer', columnTransformer],
  ['sklearn.compose.TransformedTargetRegressor', transformedTargetRegressor],
]);
