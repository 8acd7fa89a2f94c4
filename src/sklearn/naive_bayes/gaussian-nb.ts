import { DenseMatrix } from '../../data/dataset.ts';
import { finiteInput } from '../base/finite-input.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { naiveBayes } from './naive-bayes.ts';

/**
 * Normally distributed features, one mean and variance per class and feature.
 *
 * Source: sklearn/naive_bayes.py, `GaussianNB`.
 */
export function gaussianNb(state: EstimatorState): Estimator {
  const means = state.matrix('theta_');
  // Named `sigma_` before 1.0.
  const variances = state.matrix(state.firstOf('var_', 'sigma_'));
  const { rows: classes, cols: width } = means;
  const logPrior = state.vector('class_prior_').map(Math.log);
  const logNorm = Float64Array.from({ length: classes }, (_, k) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += Math.log(2 * Math.PI * (variances.data[k * width + j] as number));
    return -0.5 * sum;
  });
  return naiveBayes(state, width, (x) => {
    const { rows, data } = finiteInput(x, width, state.className);
    const out = new DenseMatrix(rows, classes);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < classes; k++) {
        let sum = 0;
        for (let j = 0, at = k * width; j < width; j++, at++) {
          const distance = (data[i * width + j] as number) - (means.data[at] as number);
          sum += (distance * distance) / (variances.data[at] as number);
        }
        out.data[i * classes + k] = (logPrior[k] as number) + ((logNorm[k] as number) - 0.5 * sum);
      }
    }
    return out;
  });
}
