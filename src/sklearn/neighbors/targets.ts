import { NdArray } from '../../formats/npy/nd-array.ts';
import { FormatError } from '../../errors/format-error.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import type { Label } from '../../spec/model.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { storedDense } from '../base/stored-matrix.ts';

/** What the training points stand for: `outputs` values per point, row-major. */
export interface Targets {
  readonly outputs: number;
  readonly values: Float64Array;
  /** Whether a prediction is an array per row. */
  readonly nested: boolean;
}

/** `_y` of a regressor: numbers, one or several per point. */
export function numericTargets(state: EstimatorState, points: number): Targets {
  const y = state.get('_y');
  if (isNode(y) && y.kind === 'object') {
    const dense = storedDense(state, '_y');
    return checked(state, points, { outputs: dense.cols, values: dense.data, nested: true });
  }
  const array = state.ndarray('_y');
  const nested = array.ndim === 2;
  return checked(state, points, {
    outputs: nested ? (array.shape[1] as number) : 1,
    values: array.toFloat64Array(),
    nested,
  });
}

/** `_y` and `classes_` of a classifier: a class index per point and output, and the classes of each output. */
export interface ClassTargets extends Targets {
  readonly classes: readonly (readonly Label[])[];
}

export function classTargets(state: EstimatorState, points: number): ClassTargets {
  const nested = state.booleanOr('outputs_2d_', false);
  const known = state.get('classes_');
  const classes =
    nested && isNode(known) && known.kind === 'list'
      ? known.items.map((item, k) => state.labelsIn(item, `classes_[${k}]`))
      : [state.labels('classes_')];
  const y = state.get('_y');
  const values = y instanceof NdArray ? y.toFloat64Array() : storedDense(state, '_y').data;
  const outputs = classes.length;
  const targets = checked(state, points, { outputs, values, nested });
  if (
    values.some(
      (code, at) => !(Number.isInteger(code) && code >= 0 && code < (classes[at % outputs] as readonly Label[]).length),
    )
  )
    throw malformed(state, 'classes that are not there');
  return { ...targets, classes };
}

function checked(state: EstimatorState, points: number, targets: Targets): Targets {
  if (targets.values.length === points * targets.outputs) return targets;
  throw malformed(state, `${targets.values.length} targets for ${points} points`);
}

function malformed(state: EstimatorState, what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `${state.describe()}: the file has ${what}`);
}
