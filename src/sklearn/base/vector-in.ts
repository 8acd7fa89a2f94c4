import { NdArray } from '../../formats/npy/nd-array.ts';
import type { PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from './estimator-state.ts';

/** The numbers of an array or list that stands inside another one; `name` is for messages. */
export function vectorIn(state: EstimatorState, value: PyValue, name: string): Float64Array {
  if (value instanceof NdArray) return value.toFloat64Array();
  return Float64Array.from(state.labelsIn(value, name), Number);
}
