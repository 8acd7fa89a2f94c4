import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Label } from '../../spec/model.ts';
import { classTask } from '../base/class-task.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { argmax } from '../base/labels.ts';
import { times } from '../base/matrix-products.ts';
import { pairwise } from '../base/pairwise-distances.ts';
import { kernelOf } from '../base/pairwise-kernels.ts';

/**
 * The training rows' label distributions weighted by the kernel and normalised: `rbf`, or 1 for each of the
 * `n_neighbors` nearest training rows (the first of equals) with `knn`. A row far from all of them has only NaN.
 *
 * Source: sklearn/semi_supervised/_label_propagation.py.
 */
export function labelPropagation(state: EstimatorState): Estimator {
  const classes = state.labels('classes_');
  const train = state.matrix('X_');
  const distributions = state.matrix('label_distributions_');
  if (distributions.rows !== train.rows || distributions.cols !== classes.length)
    throw state.unsupported('label distributions that do not fit rows and classes');
  const weights = weightsOf(state, train);
  const { className } = state;
  const predictProba = (x: Dataset): DenseMatrix => {
    const out = times(weights(finiteInput(x, train.cols, className)), distributions);
    for (let i = 0; i < out.rows; i++) {
      const row = out.data.subarray(i * out.cols, (i + 1) * out.cols);
      const sum = row.reduce((a, b) => a + b, 0);
      for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
    }
    return out;
  };
  return {
    className,
    task: classTask(classes),
    width: train.cols,
    featureNames: state.featureNames,
    classes,
    predict(x) {
      const { rows, cols, data } = predictProba(x);
      return Array.from({ length: rows }, (_, i) => classes[argmax(data, i * cols, cols)] as Label);
    },
    predictProba,
  };
}

/** Weights of the training rows for each row, `[rows, training rows]`. */
function weightsOf(state: EstimatorState, train: DenseMatrix): (x: DenseMatrix) => DenseMatrix {
  const kernel = state.get('kernel');
  if (kernel === 'rbf') {
    const rbf = kernelOf(state, 'rbf', { gamma: state.number('gamma'), degree: undefined, coef0: undefined });
    return (x) => rbf(x, train);
  }
  if (kernel !== 'knn')
    throw state.unsupported(typeof kernel === 'string' ? `kernel="${kernel}"` : 'a kernel of its own');
  const count = state.number('n_neighbors');
  return (x) => {
    const distances = pairwise(x, train, (a, b) => {
      let sum = 0;
      for (let j = 0; j < a.length; j++) sum += ((a[j] as number) - (b[j] as number)) ** 2;
      return sum;
    });
    const out = new DenseMatrix(x.rows, train.rows);
    for (let i = 0; i < x.rows; i++) {
      const row = distances.data.subarray(i * train.rows, (i + 1) * train.rows);
      const order = Array.from(row.keys()).sort((a, b) => (row[a] as number) - (row[b] as number));
      for (const at of order.slice(0, count)) out.data[i * train.rows + at] = 1;
    }
    return out;
  };
}
