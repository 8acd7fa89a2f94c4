import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, PyObject, PySlice, type PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { labelOf } from '../base/labels.ts';

/** The columns of the input: how many, and their names where known. */
export interface InputColumns {
  readonly width: number | undefined;
  readonly names: readonly string[] | undefined;
}

/**
 * Positions of the columns that a specification means: a name or position, a list or array of them, a
 * mask, or a slice of positions or names (which includes its end, as in pandas).
 *
 * Source: sklearn/utils/_indexing.py, `_get_column_indices`.
 */
export function columnPositions(state: EstimatorState, spec: PyValue, input: InputColumns): Int32Array {
  const inner = spec instanceof PyObject ? remainderColumns(spec) : undefined;
  if (inner !== undefined) return columnPositions(state, inner, input);
  if (spec instanceof PySlice) return slicePositions(state, spec, input);
  if (isNode(spec) && !['list', 'tuple', 'ndarray', 'scalar', 'object'].includes(spec.kind)) {
    throw state.unsupported(`columns chosen by a Python ${spec.kind}`);
  }
  const scalar = !isNode(spec) || spec.kind === 'scalar';
  const labels = scalar ? [labelOf(spec)] : state.labelsIn(spec, 'transformers_');
  const mask = labels.length > 0 && labels.every((label) => typeof label === 'boolean') && !scalar;
  if (mask) return Int32Array.from(labels.flatMap((label, j) => (label === true ? [j] : [])));
  return Int32Array.from(labels, (label) => positionOf(state, label as PyValue, input));
}

/** The list inside a `_RemainderColsList` of scikit-learn 1.5 and 1.6. */
function remainderColumns(spec: PyObject): PyValue | undefined {
  return spec.cls.name === '_RemainderColsList' ? spec.attr('data') : undefined;
}

function positionOf(state: EstimatorState, label: PyValue, { width, names }: InputColumns): number {
  if (typeof label === 'string') {
    const at = names?.indexOf(label) ?? -1;
    if (at < 0) throw state.unsupported(`column ${JSON.stringify(label)}, which is no feature of the file,`);
    return at;
  }
  if (typeof label !== 'number' || !Number.isInteger(label))
    throw state.unsupported('columns chosen by other things than names and positions');
  const at = label < 0 && width !== undefined ? label + width : label;
  if (at < 0 || (width !== undefined && at >= width))
    throw state.unsupported(`column ${label} of ${width ?? 'an unknown number of'} columns`);
  return at;
}

function slicePositions(state: EstimatorState, { start, stop, step }: PySlice, input: InputColumns): Int32Array {
  const { width } = input;
  if (width === undefined) throw state.unsupported('a slice of an unknown number of columns');
  const by = step === null ? 1 : step;
  if (typeof by !== 'number' || by <= 0) throw state.unsupported('a slice of columns with this step');
  const bound = (value: PyValue, fallback: number, end: number): number => {
    if (value === null) return fallback;
    if (typeof value === 'string') return positionOf(state, value, input) + end;
    if (typeof value !== 'number')
      throw state.unsupported('a slice of columns by other things than names and positions');
    return Math.min(Math.max(value < 0 ? value + width : value, 0), width);
  };
  const from = bound(start, 0, 0);
  const to = bound(stop, width, 1);
  return Int32Array.from({ length: Math.max(0, Math.ceil((to - from) / by)) }, (_, k) => from + k * by);
}

/** Every name in specifications, in order: what files of scikit-learn before 0.22 know of the frame. */
export function namesIn(specs: readonly PyValue[]): string[] {
  const names = new Set<string>();
  for (const spec of specs) {
    if (typeof spec === 'string') names.add(spec);
    const items =
      isNode(spec) && (spec.kind === 'list' || spec.kind === 'tuple')
        ? spec.items
        : spec instanceof NdArray && spec.isObject
          ? spec.objects
          : [];
    for (const item of items) if (typeof item === 'string') names.add(item);
  }
  return [...names];
}
