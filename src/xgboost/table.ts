import type { Estimator, EstimatorConstructor, EstimatorTable } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { boosterBase, boosterEstimator, linked, predictionsOf } from './booster-estimator.ts';
import { pickledBooster, wrappedBooster } from './wrapped-booster.ts';
import { xgbClassifier } from './xgb-classifier.ts';

/** `XGBRegressor`, `XGBRFRegressor` and `XGBRanker`. */
function xgbRegressor(state: EstimatorState): Estimator {
  const booster = wrappedBooster(state);
  return {
    ...boosterBase(booster, state.className),
    task: 'regression',
    predict: (x) => predictionsOf(linked(booster, x), x.rows),
  };
}

function bareBooster(state: EstimatorState): Estimator {
  const { className } = state;
  return boosterEstimator(pickledBooster(state, { className, missing: Number.NaN, asWrapper: false }), className);
}

/** What is pickled from the `xgboost` package. */
export const XGBOOST: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['xgboost.XGBClassifier', xgbClassifier],
  ['xgboost.XGBRFClassifier', xgbClassifier],
  ['xgboost.XGBRegressor', xgbRegressor],
  ['xgboost.XGBRFRegressor', xgbRegressor],
  ['xgboost.XGBRanker', xgbRegressor],
  ['xgboost.Booster', bareBooster],
]);
