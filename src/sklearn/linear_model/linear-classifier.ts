import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator, Scores } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { expit } from '../base/linear-scores.ts';
import { storedDense } from '../base/stored-matrix.ts';
import { linearModel } from './linear-model.ts';

/** What linear classifiers share: scores, and labels from them. */
export interface LinearClassifier {
  readonly classes: readonly Label[];
  /** `[rows, 1]` for two classes, else `[rows, classes]`. */
  readonly scores: (x: Dataset) => DenseMatrix;
  readonly estimator: Estimator;
}

/**
 * `decision_function = X · coef_ᵀ + intercept_`; the label is the second class where the only score is
 * above 0, else that of the largest score, the first of equals.
 *
 * Source: sklearn/linear_model/_base.py, `LinearClassifierMixin`.
 */
export function linearClassifier(
  state: EstimatorState,
  classes: readonly Label[] = state.labels('classes_'),
): LinearClassifier {
  const coef = storedDense(state, 'coef_');
  const fits = classes.length >= 2 && (coef.rows === classes.length || (coef.rows === 1 && classes.length === 2));
  if (!fits) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `${state.describe()} has ${coef.rows} rows of coefficients for ${classes.length} classes`,
    );
  }
  const scores = linearModel(state, coef, state.vector('intercept_'));
  const estimator: Estimator = {
    className: state.className,
    task: classTask(classes),
    width: coef.cols,
    featureNames: state.featureNames,
    classes,
    predict: (x) => labelsFromScores(scores(x), classes),
    decisionFunction: (x): Scores => flattenBinary(scores(x)),
  };
  return { classes, scores, estimator };
}

/** The constructor for classifiers that have labels and scores only. */
export function plainLinearClassifier(state: EstimatorState): Estimator {
  return linearClassifier(state).estimator;
}

/** Labels from scores: the sign decides between two, the largest among more. */
export function labelsFromScores(scores: DenseMatrix, classes: readonly Label[]): Label[] {
  const { rows, cols, data } = scores;
  return Array.from({ length: rows }, (_, i) => {
    const index = cols === 1 ? Number((data[i] as number) > 0) : argmax(data, i * cols, cols);
    return classes[index] as Label;
  });
}

/** A single column of scores as one number per row. */
export function flattenBinary(scores: DenseMatrix): Scores {
  return scores.cols === 1 ? scores.data : scores;
}

/**
 * One-vs-rest probabilities: the logistic function of each score, rows of several normalised.
 *
 * @param uniform whether a row whose probabilities are all zero is uniform (scikit-learn 1.9 on), not NaN
 */
export function ovrProbabilities(scores: DenseMatrix, uniform = false): DenseMatrix {
  const { rows, cols, data } = scores;
  if (cols === 1) {
    const out = new DenseMatrix(rows, 2);
    for (let i = 0; i < rows; i++) {
      const p = expit(data[i] as number);
      out.data[2 * i] = 1 - p;
      out.data[2 * i + 1] = p;
    }
    return out;
  }
  const out = new DenseMatrix(rows, cols, data.map(expit));
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = 0; k < cols; k++) sum += out.data[i * cols + k] as number;
    if (sum === 0 && uniform) out.data.fill(1 / cols, i * cols, (i + 1) * cols);
    else for (let k = 0; k < cols; k++) out.data[i * cols + k] = (out.data[i * cols + k] as number) / sum;
  }
  return out;
}
