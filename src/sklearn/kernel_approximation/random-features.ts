import { DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { addToRows, times } from '../base/matrix-products.ts';

/**
 * `sqrt(2 / n_components) · cos(x · random_weights_ + random_offset_)`.
 *
 * Source: sklearn/kernel_approximation.py, `RBFSampler`.
 */
export function rbfSampler(state: EstimatorState): Estimator {
  return randomFeatures(state, (x) => x);
}

/**
 * The same of `ln(x + skewedness)`; values must be above `-skewedness`.
 *
 * Source: sklearn/kernel_approximation.py, `SkewedChi2Sampler`.
 */
export function skewedChi2Sampler(state: EstimatorState): Estimator {
  const skewedness = state.number('skewedness');
  return randomFeatures(state, (x) => {
    const wrong = x.data.findIndex((value) => value <= -skewedness);
    if (wrong >= 0) {
      const row = Math.floor(wrong / x.cols);
      throw new InputError(
        'ML_INPUT_INVALID',
        `row ${row}, column ${wrong % x.cols}: ${state.className} takes values above ${-skewedness}, got ${x.data[wrong]}`,
        { details: { row, column: wrong % x.cols } },
      );
    }
    return new DenseMatrix(
      x.rows,
      x.cols,
      x.data.map((value) => Math.log(value + skewedness)),
    );
  });
}

function randomFeatures(state: EstimatorState, prepare: (x: DenseMatrix) => DenseMatrix): Estimator {
  const weights = state.matrix('random_weights_');
  const offset = state.vector('random_offset_');
  if (offset.length !== weights.cols) throw state.unsupported('offsets that do not fit the weights');
  const factor = Math.sqrt(2 / weights.cols);
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: weights.rows,
    featureNames: state.featureNames,
    transform(x) {
      const out = addToRows(times(prepare(finiteInput(x, weights.rows, className)), weights), offset);
      for (let at = 0; at < out.data.length; at++) out.data[at] = Math.cos(out.data[at] as number) * factor;
      return out;
    },
  };
}
