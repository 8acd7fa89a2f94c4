import { CsrMatrix, type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { FormatError } from '../../errors/format-error.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { type ElementFunction, elementFunction } from './numpy-functions.ts';

/**
 * A function of numpy over every value, or none, which leaves the data as it is. Functions of a
 * project's own code are refused by name.
 *
 * Source: sklearn/preprocessing/_function_transformer.py, `FunctionTransformer`.
 */
export function functionTransformer(state: EstimatorState): Estimator {
  const forward = elementFunction(state, 'func', 'kw_args');
  const validate = state.booleanOr('validate', false);
  const { className, width } = state;
  const over = (f: ElementFunction | undefined) => (x: Dataset) => {
    if (width !== undefined) checkWidth(x, width, className);
    return applyTo(x, f, validate);
  };
  // An inverse that cannot be computed does not make the transform useless.
  const inverse = inverseOf(state);
  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform: over(forward),
    ...(inverse !== undefined && { inverseTransform: (x: Dataset) => applyTo(x, inverse.f, validate) }),
  };
}

function inverseOf(state: EstimatorState): { readonly f: ElementFunction | undefined } | undefined {
  try {
    return { f: elementFunction(state, 'inverse_func', 'inv_kw_args') };
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function applyTo(x: Dataset, f: ElementFunction | undefined, validate: boolean): Dataset {
  if (f === undefined) return validate && x.kind === 'frame' ? toDense(x) : x;
  if (x.kind === 'csr' && f(0) === 0) {
    return new CsrMatrix([x.rows, x.cols], { indptr: x.indptr, indices: x.indices, data: mapped(x.data, f) });
  }
  const { data } = toDense(x);
  return new DenseMatrix(x.rows, x.cols, mapped(data, f));
}

function mapped(data: Float64Array, f: ElementFunction): Float64Array {
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) out[at] = f(data[at] as number);
  return out;
}
