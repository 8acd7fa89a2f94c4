import { DenseMatrix } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';

/** The interval that scikit-learn takes for 1, 2 and 3 steps. */
const INTERVALS: ReadonlyMap<number, number> = new Map([
  [1, 0.8],
  [2, 0.5],
  [3, 0.4],
]);

/**
 * With the interval s, blocks of columns: `sqrt(s x)`, then for j = 1, 2, ... the cosine and the sine of `j s ln x`,
 * each times `sqrt(2 s x / cosh(π j s))`. A value of 0 stays 0; negative ones are refused.
 *
 * Source: sklearn/kernel_approximation.py, `AdditiveChi2Sampler`.
 */
export function additiveChi2Sampler(state: EstimatorState): Estimator {
  const steps = state.number('sample_steps');
  const interval = state.optionalNumber(state.firstOf('sample_interval', 'sample_interval_')) ?? INTERVALS.get(steps);
  if (interval === undefined || !Number.isSafeInteger(steps) || steps < 1 || steps > 1000)
    throw state.unsupported(`sample_steps=${steps} without sample_interval`);
  const { className, width } = state;
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x) {
      const { cols, data } = finiteInput(x, width, className);
      const out = new DenseMatrix(x.rows, cols * (2 * steps - 1));
      for (const [at, value] of data.entries()) {
        const row = Math.floor(at / cols);
        if (value < 0) {
          throw new InputError(
            'ML_INPUT_INVALID',
            `row ${row}, column ${at % cols}: ${className} takes no negative values`,
          );
        }
        if (value === 0) continue;
        const to = row * out.cols + (at % cols);
        out.data[to] = Math.sqrt(value * interval);
        const log = interval * Math.log(value);
        for (let j = 1; j < steps; j++) {
          const factor = Math.sqrt((2 * value * interval) / Math.cosh(Math.PI * j * interval));
          out.data[to + (2 * j - 1) * cols] = factor * Math.cos(j * log);
          out.data[to + 2 * j * cols] = factor * Math.sin(j * log);
        }
      }
      return out;
    },
  };
}
