import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { logOf } from '../base/log-proba.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { linearClassifier, ovrProbabilities } from './linear-classifier.ts';

/**
 * A linear classifier; probabilities where the loss is `log_loss` (`log` before 1.1) or `modified_huber`.
 *
 * Source: sklearn/linear_model/_stochastic_gradient.py, `SGDClassifier.predict_proba`.
 */
export function sgdClassifier(state: EstimatorState): Estimator {
  const { scores, estimator } = linearClassifier(state);
  const loss = state.string('loss');
  const probabilities =
    loss === 'log_loss' || loss === 'log'
      ? (rows: DenseMatrix) => ovrProbabilities(rows, atLeast(state.version, 1, 9))
      : loss === 'modified_huber'
        ? modifiedHuberProbabilities
        : undefined;
  if (probabilities === undefined) return estimator;
  const predictProba = (x: Dataset): DenseMatrix => probabilities(scores(x));
  return { ...estimator, predictProba, predictLogProba: (x) => logOf(predictProba(x)) };
}

/** `(clip(score, -1, 1) + 1) / 2`, normalised over several classes; uniform where all are zero. */
function modifiedHuberProbabilities(scores: DenseMatrix): DenseMatrix {
  const { rows, cols, data } = scores;
  const clipped = data.map((score) => (Math.min(1, Math.max(-1, score)) + 1) / 2);
  if (cols === 1) {
    const out = new DenseMatrix(rows, 2);
    for (let i = 0; i < rows; i++) {
      out.data[2 * i] = 1 - (clipped[i] as number);
      out.data[2 * i + 1] = clipped[i] as number;
    }
    return out;
  }
  for (let i = 0; i < rows; i++) {
    const row = clipped.subarray(i * cols, (i + 1) * cols);
    const sum = row.reduce((a, b) => a + b, 0);
    if (sum === 0) row.fill(1 / cols);
    else for (let k = 0; k < cols; k++) row[k] = (row[k] as number) / sum;
  }
  return new DenseMatrix(rows, cols, clipped);
}
