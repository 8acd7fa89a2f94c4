import type { Dataset } from '../data/dataset.ts';
import type { Estimator, EstimatorConstructor, EstimatorTable } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { argmax } from '../sklearn/base/labels.ts';
import type { Label, Prediction } from '../spec/model.ts';
import { boosterBase, boosterEstimator, probabilitiesOf, valuesOf } from './booster-estimator.ts';
import { pickledBooster, wrappedBooster } from './wrapped-booster.ts';

/**
 * The label is that of the largest probability. A model trained with a function of the user's gives raw scores, as in
 * Python.
 *
 * Source: python-package/lightgbm/sklearn.py, `LGBMClassifier.predict`, `predict_proba`.
 */
function lgbmClassifier(state: EstimatorState): Estimator {
  const booster = wrappedBooster(state);
  const classes: readonly Label[] = state.has('_classes')
    ? state.labels('_classes')
    : state.part('_le').labels('classes_');
  const base = { ...boosterBase(booster, state.className), classes, task: taskFor(classes) };
  if (booster.objective.name === undefined) return { ...base, predict: (x) => valuesOf(booster, x) };
  return {
    ...base,
    predict: (x: Dataset): Prediction[] => {
      const { data, cols } = probabilitiesOf(booster, x);
      return Array.from({ length: x.rows }, (_, row) => {
        const index = argmax(data, row * cols, cols);
        return classes[index] ?? index;
      });
    },
    predictProba: (x) => probabilitiesOf(booster, x),
  };
}

function taskFor(classes: readonly Label[]): Estimator['task'] {
  return classes.length > 2 ? 'multiclass-classification' : 'binary-classification';
}

/** `LGBMRegressor` and `LGBMRanker`. */
function lgbmRegressor(state: EstimatorState): Estimator {
  const booster = wrappedBooster(state);
  return { ...boosterBase(booster, state.className), task: 'regression', predict: (x) => valuesOf(booster, x) };
}

function bareBooster(state: EstimatorState): Estimator {
  return boosterEstimator(pickledBooster(state, state.className), state.className);
}

/** What is pickled from the `lightgbm` package. */
export const LIGHTGBM: EstimatorTable = new Map<string, EstimatorConstructor>([
  ['lightgbm.LGBMClassifier', lgbmClassifier],
  ['lightgbm.LGBMRegressor', lgbmRegressor],
  ['lightgbm.LGBMRanker', lgbmRegressor],
  ['lightgbm.Booster', bareBooster],
]);
