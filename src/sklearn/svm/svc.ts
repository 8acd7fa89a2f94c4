import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator, Scores } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { logOf } from '../base/log-proba.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { ovrScores, scaledOvrScores } from './ovr-scores.ts';
import { coupledProbabilities, plattProbability } from './platt.ts';
import { pairwiseSums } from './support-vectors.ts';

/** libsvm keeps pair probabilities this far away from 0 and 1. */
const MIN_PROBABILITY = 1e-7;

/**
 * Support vector classification by votes between pairs of classes.
 *
 * Source: sklearn/svm/_base.py, `BaseSVC`; libsvm's `svm_predict_values` and `svm_predict_probability`.
 */
export function svc(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const { width, sums } = pairwiseSums(state, classes.length);
  const ovr = (state.optionalString('decision_function_shape') ?? 'ovr') === 'ovr';
  const perClass = atLeast(state.version, 0, 21) ? ovrScores : scaledOvrScores;
  const decisionFunction = (x: Dataset): Scores => {
    const pairs = sums(x);
    if (classes.length === 2) return pairs.data.map((value) => -value);
    return ovr ? perClass(pairs, classes.length) : pairs;
  };
  const breakTies = state.booleanOr('break_ties', false) && ovr && classes.length > 2;
  const predictProba = probabilities(state, classes, sums);
  return {
    className: state.className,
    task: classTask(classes),
    width,
    featureNames: state.featureNames,
    classes,
    predict: (x) => (breakTies ? labelsOfScores(perClass(sums(x), classes.length), classes) : votes(sums(x), classes)),
    decisionFunction,
    ...(predictProba !== undefined && { predictProba, predictLogProba: (x: Dataset) => logOf(predictProba(x)) }),
  };
}

function labelsOfScores({ rows, cols, data }: DenseMatrix, classes: readonly Label[]): Label[] {
  return Array.from({ length: rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
}

/** The class with most pairs won, the first of equals; a pair at exactly 0 goes to its second class. */
function votes({ rows, cols, data }: DenseMatrix, classes: readonly Label[]): Label[] {
  const count = classes.length;
  return Array.from({ length: rows }, (_, i) => {
    const won = new Float64Array(count);
    for (let a = 0, at = i * cols; a < count; a++) {
      for (let b = a + 1; b < count; b++, at++) {
        const winner = (data[at] as number) > 0 ? a : b;
        won[winner] = (won[winner] as number) + 1;
      }
    }
    return classes[argmax(won, 0, count)] as Label;
  });
}

/** `undefined` for a model that was trained without `probability=True`. */
function probabilities(
  state: EstimatorState,
  classes: readonly Label[],
  sums: (x: Dataset) => DenseMatrix,
): ((x: Dataset) => DenseMatrix) | undefined {
  const k = classes.length;
  const a = state.optionalVector(state.firstOf('_probA', 'probA_'));
  const b = state.optionalVector(state.firstOf('_probB', 'probB_'));
  const pairs = (k * (k - 1)) / 2;
  // "deprecated", the default since 1.9, means no probabilities.
  const probability = typeof state.get('probability') !== 'string' && state.booleanOr('probability', false);
  if (!probability || a?.length !== pairs || b?.length !== pairs) return undefined;
  return (x) => {
    const { rows, data } = sums(x);
    const out = new DenseMatrix(rows, k);
    const against = new Float64Array(k * k);
    for (let r = 0, at = 0; r < rows; r++) {
      for (let i = 0, pair = 0; i < k; i++) {
        for (let j = i + 1; j < k; j++, pair++, at++) {
          const p = plattProbability(data[at] as number, a[pair] as number, b[pair] as number);
          against[i * k + j] = Math.min(Math.max(p, MIN_PROBABILITY), 1 - MIN_PROBABILITY);
          against[j * k + i] = 1 - (against[i * k + j] as number);
        }
      }
      coupledProbabilities(k, against, out.data.subarray(r * k, (r + 1) * k));
    }
    return out;
  };
}
