import { type Dataset, toDense } from '../data/dataset.ts';
import { mapValues } from '../sklearn/base/columns.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';

/** The logarithm of each value. Source: sklearn_pandas/transformers.py, `NumericalTransformer`. */
export function numericalTransformer(state: EstimatorState): Estimator {
  const name = state.string('_NumericalTransformer__func');
  const log = name === 'log' ? Math.log : name === 'log1p' ? Math.log1p : undefined;
  if (log === undefined) throw state.unsupported(`func="${name}"`);
  return {
    className: state.className,
    task: 'transformation',
    width: undefined,
    featureNames: undefined,
    transform: (x): Dataset => mapValues(toDense(x), log),
  };
}
