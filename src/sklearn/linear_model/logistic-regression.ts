import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { softmaxRows } from '../base/linear-scores.ts';
import { logOf } from '../base/log-proba.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { linearClassifier, ovrProbabilities } from './linear-classifier.ts';

/**
 * Logistic regression. Probabilities are one-vs-rest or softmax as `multi_class`, the solver and the
 * number of classes say; a file without `multi_class` (1.8 on) means softmax for more than two.
 *
 * Source: sklearn/linear_model/_logistic.py, `LogisticRegression.predict_proba`.
 */
export function logisticRegression(state: EstimatorState): Estimator {
  const { classes, scores, estimator } = linearClassifier(state);
  const multiClass = state.optionalString('multi_class') ?? 'auto';
  const auto = multiClass === 'auto' || multiClass === 'deprecated';
  const oneVsRest =
    multiClass === 'ovr' ||
    multiClass === 'warn' ||
    (auto && (classes.length <= 2 || binarySolvers(state).includes(state.optionalString('solver') ?? '')));
  if (!auto && !oneVsRest && multiClass !== 'multinomial') throw state.unsupported(`multi_class="${multiClass}"`);
  const predictProba = (x: Dataset): DenseMatrix =>
    oneVsRest ? ovrProbabilities(scores(x)) : softmaxRows(bothSides(scores(x)));
  return { ...estimator, predictProba, predictLogProba: (x) => logOf(predictProba(x)) };
}

/** Solvers that fit one class at a time, where `multi_class` leaves it to them. */
function binarySolvers({ version }: EstimatorState): readonly string[] {
  return atLeast(version, 1, 6) ? ['liblinear'] : ['liblinear', 'newton-cholesky'];
}

/** A single score as the pair that the softmax of two classes takes. */
function bothSides(scores: DenseMatrix): DenseMatrix {
  if (scores.cols > 1) return scores;
  const out = new DenseMatrix(scores.rows, 2);
  for (let i = 0; i < scores.rows; i++) {
    out.data[2 * i] = -(scores.data[i] as number);
    out.data[2 * i + 1] = scores.data[i] as number;
  }
  return out;
}
