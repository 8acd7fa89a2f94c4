import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * The only answer that one-vs-rest training saw for a class, 0 or 1, for any input.
 *
 * Source: sklearn/multiclass.py, `_ConstantPredictor`.
 */
export function constantPredictor(state: EstimatorState): Estimator {
  const [value] = state.vector('y_');
  if (value === undefined) throw state.unsupported('an empty constant');
  const constant = (rows: number): Float64Array => new Float64Array(rows).fill(value);
  return {
    className: state.className,
    task: 'binary-classification',
    width: undefined,
    featureNames: undefined,
    predict: (x) => constant(x.rows),
    decisionFunction: (x) => constant(x.rows),
    predictProba(x) {
      const out = new DenseMatrix(x.rows, 2);
      for (let i = 0; i < x.rows; i++) out.data.set([1 - value, value], 2 * i);
      return out;
    },
  };
}
