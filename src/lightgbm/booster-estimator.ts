import { type Dataset, DenseMatrix } from '../data/dataset.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { Prediction, Task } from '../spec/model.ts';
import type { Booster } from './booster.ts';

/** What every use of a booster has: raw scores as `decisionFunction` and leaf indices as `apply`. */
export function boosterBase(booster: Booster, className: string): Omit<Estimator, 'task'> {
  const { features, featureNames, byteSize, outputs } = booster;
  return {
    className,
    width: features,
    featureNames,
    byteSize,
    decisionFunction: (x) => (outputs === 1 ? booster.scores(x) : new DenseMatrix(x.rows, outputs, booster.scores(x))),
    apply: (x) => booster.leaves(x),
  };
}

/**
 * A bare booster, as `Booster.predict` answers: the second class's probability, the probabilities of every class or
 * plain values, as the objective says. Classifiers have `predictProba` besides.
 */
export function boosterEstimator(booster: Booster, className: string): Estimator {
  const { name } = booster.objective;
  const estimator: Estimator = {
    ...boosterBase(booster, className),
    task: taskOf(booster),
    predict: (x) => valuesOf(booster, x),
  };
  return name === 'binary' || name === 'multiclass' || name === 'multiclassova'
    ? { ...estimator, predictProba: (x) => probabilitiesOf(booster, x) }
    : estimator;
}

/** A value per row, or an array of values per row where there are several. */
export function valuesOf(booster: Booster, x: Dataset): ArrayLike<Prediction> {
  return perRow(booster.values(x), booster.outputs);
}

/** `[rows, classes]`; a single column is the second class of two. */
export function probabilitiesOf(booster: Booster, x: Dataset): DenseMatrix {
  const values = booster.values(x);
  if (booster.outputs > 1) return new DenseMatrix(x.rows, booster.outputs, values);
  const out = new DenseMatrix(x.rows, 2);
  for (let i = 0; i < x.rows; i++) {
    out.data[2 * i] = 1 - (values[i] as number);
    out.data[2 * i + 1] = values[i] as number;
  }
  return out;
}

function perRow(values: Float64Array, width: number): ArrayLike<Prediction> {
  if (width === 1) return values;
  return Array.from({ length: values.length / width }, (_, i) =>
    Array.from(values.subarray(i * width, (i + 1) * width)),
  );
}

function taskOf({ objective }: Booster): Task {
  switch (objective.name) {
    case 'binary':
      return 'binary-classification';
    case 'multiclass':
    case 'multiclassova':
      return 'multiclass-classification';
    case undefined:
      return 'unknown';
    default:
      return 'regression';
  }
}
