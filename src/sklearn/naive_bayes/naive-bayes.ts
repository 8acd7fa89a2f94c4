import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';

/** `[rows, classes]`: log prior plus log likelihood of each class, not normalised. */
export type JointLogLikelihood = (x: Dataset) => DenseMatrix;

/**
 * What naive Bayes classifiers share: the label of the largest joint log likelihood, and probabilities from it.
 *
 * Source: sklearn/naive_bayes.py, `_BaseNB`.
 */
export function naiveBayes(state: EstimatorState, width: number, joint: JointLogLikelihood): Estimator {
  const classes = state.labels('classes_');
  return {
    className: state.className,
    task: classTask(classes),
    width,
    featureNames: state.featureNames,
    classes,
    predict: (x) => likeliest(joint(x), classes),
    predictLogProba: (x) => normalized(joint(x)),
    predictProba(x): DenseMatrix {
      const out = normalized(joint(x));
      for (let at = 0; at < out.data.length; at++) out.data[at] = Math.exp(out.data[at] as number);
      return out;
    },
  };
}

function likeliest({ rows, cols, data }: DenseMatrix, classes: readonly Label[]): Label[] {
  return Array.from({ length: rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
}

/** Subtracts the logarithm of the sum of exponentials from each row, in place. */
function normalized(joint: DenseMatrix): DenseMatrix {
  const { rows, cols, data } = joint;
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    let max = Number.NEGATIVE_INFINITY;
    for (const value of row) max = Math.max(max, value);
    // scipy's logsumexp shifts by 0 where every value is infinite.
    const shift = Number.isFinite(max) ? max : 0;
    let sum = 0;
    for (const value of row) sum += Math.exp(value - shift);
    const norm = Math.log(sum) + shift;
    for (let k = 0; k < cols; k++) row[k] = (row[k] as number) - norm;
  }
  return joint;
}
