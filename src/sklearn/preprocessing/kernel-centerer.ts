import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';

/**
 * A kernel matrix as if the data behind it were centred: minus the training means of the columns, minus
 * the mean of the row, plus the mean of all.
 *
 * Source: sklearn/preprocessing/_data.py, `KernelCenterer.transform`.
 */
export function kernelCenterer(state: EstimatorState): Estimator {
  const means = state.vector('K_fit_rows_');
  const all = state.number('K_fit_all_');
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: means.length,
    featureNames: state.featureNames,
    transform(x): Dataset {
      const { rows, cols, data } = finiteInput(x, means.length, className);
      const out = new DenseMatrix(rows, cols);
      for (let i = 0; i < rows; i++) {
        let sum = 0;
        for (let j = 0; j < cols; j++) sum += data[i * cols + j] as number;
        const mean = sum / cols;
        for (let j = 0; j < cols; j++) {
          out.data[i * cols + j] = (data[i * cols + j] as number) - (means[j] as number) - mean + all;
        }
      }
      return out;
    },
  };
}
