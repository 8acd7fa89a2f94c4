import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { argmax } from '../base/labels.ts';
import { logOf } from '../base/log-proba.ts';
import { perceptronLayers } from './perceptron-layers.ts';

/**
 * A multilayer perceptron. One output `p` is the probability of the second class and means it above 0.5; of several
 * the largest decides, the first of equals. For multilabel targets every output is 1 above 0.5.
 *
 * Source: sklearn/neural_network/_multilayer_perceptron.py, `MLPClassifier`.
 */
export function mlpClassifier(state: EstimatorState): Estimator {
  const { width, outputs, forward } = perceptronLayers(state);
  const binarizer = state.part('_label_binarizer');
  const classes = binarizer.labels('classes_');
  const multilabel = binarizer.string('y_type_').startsWith('multilabel');
  if (outputs !== (classes.length === 2 && !multilabel ? 1 : classes.length))
    throw state.unsupported(`${outputs} outputs for ${classes.length} classes`);
  const predictProba = (x: Dataset): DenseMatrix => (multilabel ? forward(x) : bothClasses(forward(x)));
  return {
    className: state.className,
    task: multilabel ? 'multilabel-classification' : classTask(classes),
    width,
    featureNames: state.featureNames,
    ...(!multilabel && { classes }),
    predict(x): ArrayLike<Prediction> {
      const { rows, cols, data } = forward(x);
      return Array.from({ length: rows }, (_, i): Prediction => {
        const row = data.subarray(i * cols, (i + 1) * cols);
        if (multilabel) return Array.from(row, (value) => Number(value > 0.5));
        const index = cols === 1 ? Number((row[0] as number) > 0.5) : argmax(row, 0, cols);
        return classes[index] as Label;
      });
    },
    predictProba,
    predictLogProba: (x) => logOf(predictProba(x)),
  };
}

/** A single column `p` as `1 - p` and `p`. */
function bothClasses(m: DenseMatrix): DenseMatrix {
  if (m.cols > 1) return m;
  const out = new DenseMatrix(m.rows, 2);
  for (let i = 0; i < m.rows; i++) {
    out.data[2 * i] = 1 - (m.data[i] as number);
    out.data[2 * i + 1] = m.data[i] as number;
  }
  return out;
}
