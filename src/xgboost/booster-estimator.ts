import { type Dataset, DenseMatrix } from '../data/dataset.ts';
import type { Estimator, Scores } from '../sklearn/base/estimator.ts';
import type { Prediction, Task } from '../spec/model.ts';
import type { Booster } from './booster.ts';
import { applyLink } from './links.ts';
import { binaryColumns } from './binary-columns.ts';

/** What every use of a booster has: its margins and, with trees, the leaves as `apply`. */
export function boosterBase(booster: Booster, className: string): Omit<Estimator, 'task'> {
  return {
    className,
    width: booster.features,
    featureNames: booster.featureNames,
    byteSize: booster.byteSize,
    rawScores: (x) => scoresOf(booster.margins(x), booster.outputs),
    ...(booster.hasTrees && { apply: (x: Dataset) => booster.leaves(x) }),
  };
}

/**
 * A bare booster, as `Booster.predict` answers: probabilities of the second class, probabilities of every class, the
 * index of the class or plain values, as the objective says. Classifiers have `predictProba` besides.
 */
export function boosterEstimator(booster: Booster, className: string): Estimator {
  const estimator: Estimator = {
    ...boosterBase(booster, className),
    task: taskOf(booster),
    predict: (x) => predictionsOf(linked(booster, x), x.rows),
  };
  if (booster.objective.link === 'softmax') {
    return { ...estimator, predictProba: (x) => matrixOf(linked(booster, x), booster.outputs) };
  }
  if (booster.objectiveName === 'binary:logistic' && booster.outputs === 1) {
    return { ...estimator, predictProba: (x) => binaryColumns(linked(booster, x)) };
  }
  return estimator;
}

/** Margins through the link of the objective. */
export function linked(booster: Booster, x: Dataset): Float32Array {
  return applyLink(booster.margins(x), booster.outputs, booster.objective.link);
}

/** A value per row, or an array of values per row where there are several. */
export function predictionsOf(values: Float32Array, rows: number): ArrayLike<Prediction> {
  const width = rows === 0 ? 1 : values.length / rows;
  if (width === 1) return values;
  return Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width)));
}

export function matrixOf(values: Float32Array, cols: number): DenseMatrix {
  return new DenseMatrix(values.length / cols, cols, Float64Array.from(values));
}

function scoresOf(values: Float32Array, outputs: number): Scores {
  return outputs === 1 ? Float64Array.from(values) : matrixOf(values, outputs);
}

function taskOf({ objectiveName, classes }: Booster): Task {
  if (objectiveName.startsWith('multi:')) return classes === 2 ? 'binary-classification' : 'multiclass-classification';
  return objectiveName.startsWith('binary:') ? 'binary-classification' : 'regression';
}
