import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { linearClassifier } from './linear-classifier.ts';

/**
 * A linear classifier whose classes stand in its label binarizer. For multilabel targets every output
 * is 1 where its score is above 0.
 *
 * Source: sklearn/linear_model/_ridge.py, `_RidgeClassifierMixin.predict`.
 */
export function ridgeClassifier(state: EstimatorState): Estimator {
  const binarizer = state.part('_label_binarizer');
  const { scores, estimator } = linearClassifier(state, binarizer.labels('classes_'));
  if (!binarizer.string('y_type_').startsWith('multilabel')) return estimator;
  const { classes: _classes, ...rest } = estimator;
  return {
    ...rest,
    task: 'multilabel-classification',
    predict(x) {
      const { rows, cols, data } = scores(x);
      return Array.from({ length: rows }, (_, i) =>
        Array.from({ length: cols }, (_, k) => Number((data[i * cols + k] as number) > 0)),
      );
    },
    decisionFunction: scores,
  };
}
