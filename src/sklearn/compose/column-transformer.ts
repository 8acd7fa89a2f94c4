import type { Dataset } from '../../data/dataset.ts';
import { selectColumns } from '../../data/select-columns.ts';
import { stackColumns, stackSparse } from '../../data/stack-columns.ts';
import { isNode, PyGlobal, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import { PyDict } from '../../formats/pickle/py-dict.ts';
import { checkWidth } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { weighted, weightOf } from '../base/transformer-weights.ts';
import { ColumnCategories } from './column-categories.ts';
import { columnPositions, type InputColumns, namesIn } from './column-selection.ts';

interface Branch {
  readonly columns: Int32Array;
  /** `undefined` for columns that pass as they are. */
  readonly transform: ((x: Dataset) => Dataset) | undefined;
}

/**
 * Transformers over their own columns, results side by side in their order, each times its weight; sparse where it was when
 * fitted. Columns of a DataFrame are found by name.
 *
 * Source: sklearn/compose/_column_transformer.py, `ColumnTransformer`.
 */
export function columnTransformer(state: EstimatorState): Estimator {
  const specs = state.items('transformers_').map((item, i) => tripleOf(state, item, i));
  const input = inputColumns(state, specs);
  const resolved = state.get('_transformer_to_input_indices');
  const sparse = state.booleanOr('sparse_output_', false);
  const branches: Branch[] = [];
  const categories = new ColumnCategories();
  const optional = new Set(input.names);
  for (const [i, [name, trans, columns]] of specs.entries()) {
    if (trans === 'drop') continue;
    const known = resolved instanceof PyDict && typeof name === 'string' ? resolved.get(name) : undefined;
    const positions = columnPositions(state, known ?? columns, input);
    // A transformer of no columns was never fitted.
    if (positions.length === 0) continue;
    for (const j of positions) optional.delete(input.names?.[j] ?? '');
    const place = `transformers_[${i}](${typeof name === 'string' ? name : i})`;
    const branch = trans === 'passthrough' ? undefined : branchOf(state, trans, { place, sparse });
    const transform = branch?.transform;
    for (const [k, values] of (branch?.inputCategories ?? []).entries())
      if (values !== undefined) categories.restrict(positions[k] as number, values);
    branches.push({ columns: positions, transform: times(transform, weightOf(state, name)) });
  }
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: input.width,
    featureNames: input.names,
    ...(optional.size > 0 && { optionalFeatures: optional }),
    ...(categories.known !== undefined && { inputCategories: categories.known }),
    transform(x): Dataset {
      if (input.width !== undefined) checkWidth(x, input.width, className);
      const parts = branches.map(({ columns, transform }) => {
        const part = selectColumns(x, columns);
        return transform === undefined ? part : transform(part);
      });
      return sparse ? stackSparse(parts, x.rows) : stackColumns(parts, x.rows);
    },
  };
}

/** A transformer whose results are multiplied, where the model has a weight for it. */
function times(transform: Branch['transform'], weight: number | undefined): Branch['transform'] {
  if (weight === undefined) return transform;
  return (x) => weighted(transform === undefined ? x : transform(x), weight);
}

interface Use {
  readonly place: string;
  /** Whether results are put together as sparse ones. */
  readonly sparse: boolean;
}

function branchOf(
  state: EstimatorState,
  trans: PyValue,
  { place, sparse }: Use,
): { readonly transform: (x: Dataset) => Dataset } & Pick<Estimator, 'inputCategories'> {
  const { className, transform, transformDense, inputCategories } = state.child(trans, place);
  if (transform === undefined)
    throw state.unsupported(`${className}, which has no transform, as a transformer of columns`);
  const used = sparse ? transform : (transformDense ?? transform);
  return { transform: used, ...(inputCategories !== undefined && { inputCategories }) };
}

function tripleOf(state: EstimatorState, item: PyValue, i: number): readonly [PyValue, PyValue, PyValue] {
  const items = isNode(item) && (item.kind === 'tuple' || item.kind === 'list') ? item.items : [];
  const [name, trans, columns] = items;
  if (name === undefined || trans === undefined || columns === undefined) {
    throw state.unsupported(`transformers_[${i}] that is no (name, transformer, columns)`);
  }
  // Selectors were replaced by what they selected when the model was fitted.
  if (columns instanceof PyGlobal || (columns instanceof PyObject && columns.cls.name === 'make_column_selector')) {
    const found = columnsAtFit(state, i);
    return [name, trans, found];
  }
  return [name, trans, columns];
}

function columnsAtFit(state: EstimatorState, i: number): PyValue {
  const columns = state.has('_columns') ? state.items('_columns')[i] : undefined;
  if (columns !== undefined) return columns;
  throw state.unsupported('columns chosen by a function that the file does not resolve');
}

/** The input of each version: names are `feature_names_in_` (1.0), `_feature_names_in` (0.24) or `_df_columns` (0.22). */
function inputColumns(state: EstimatorState, specs: readonly (readonly [PyValue, PyValue, PyValue])[]): InputColumns {
  const attribute = state.firstOf('feature_names_in_', '_feature_names_in', '_df_columns');
  const width = state.optionalNumber('n_features_in_') ?? state.optionalNumber('_n_features');
  if (!state.has(attribute)) {
    const names = namesIn(specs.map(([, , columns]) => columns));
    return names.length === 0 ? { width, names: undefined } : { width: names.length, names };
  }
  const labels = state.labels(attribute);
  const names = labels.every((label) => typeof label === 'string') ? labels : undefined;
  return { width: width ?? labels.length, names };
}
