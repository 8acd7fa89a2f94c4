import type { Dataset } from '../data/dataset.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { argmax } from '../sklearn/base/labels.ts';
import type { Label, Prediction } from '../spec/model.ts';
import { binaryColumns } from './binary-columns.ts';
import { boosterBase, linked, matrixOf } from './booster-estimator.ts';
import { softmax } from './links.ts';
import { wrappedBooster } from './wrapped-booster.ts';

/**
 * `XGBClassifier` and `XGBRFClassifier`. The label is that of the largest probability, for two classes that of
 * `p > 0.5`; with several targets each one is 0 or 1.
 *
 * Source: python-package/xgboost/sklearn.py, `XGBClassifier.predict`, `predict_proba`.
 */
export function xgbClassifier(state: EstimatorState): Estimator {
  const booster = wrappedBooster(state);
  const { outputs } = booster;
  const classes = classesOf(state, booster.classes);
  const label = (index: number): Label => classes[index] ?? index;
  const base = { ...boosterBase(booster, state.className), classes };
  if (booster.objective.link === 'class') {
    return {
      ...base,
      task: taskFor(classes),
      predict: (x) => Array.from(linked(booster, x), label),
      predictProba: (x) => matrixOf(softmax(booster.margins(x), outputs), outputs),
    };
  }
  if (outputs === 1) {
    return {
      ...base,
      task: taskFor(classes),
      predict: (x) => Array.from(linked(booster, x), (p) => label(p > 0.5 ? 1 : 0)),
      predictProba: (x) => binaryColumns(linked(booster, x)),
    };
  }
  const several = classes.length === 2;
  return {
    ...base,
    task: several ? 'multilabel-classification' : taskFor(classes),
    predict: (x: Dataset): Prediction[] => {
      const values = linked(booster, x);
      return Array.from({ length: x.rows }, (_, row) =>
        several
          ? Array.from(values.subarray(row * outputs, (row + 1) * outputs), (p) => (p > 0.5 ? 1 : 0))
          : label(argmax(values, row * outputs, outputs)),
      );
    },
    predictProba: (x) => matrixOf(linked(booster, x), outputs),
  };
}

function taskFor(classes: readonly Label[]): Estimator['task'] {
  return classes.length > 2 ? 'multiclass-classification' : 'binary-classification';
}

/** Stored labels, those of the label encoder (before 1.6), or the indices that later versions insist on. */
function classesOf(state: EstimatorState, known: number): readonly Label[] {
  if (state.has('classes_')) return state.labels('classes_');
  if (state.has('_le')) return state.part('_le').labels('classes_');
  const count = state.optionalNumber('n_classes_') ?? Math.max(2, known);
  if (!(Number.isInteger(count) && count >= 1 && count <= Math.max(2, known))) {
    throw state.unsupported(`n_classes_ of ${count}`);
  }
  return Array.from({ length: count }, (_, i) => i);
}
