import type { Dataset } from '../data/dataset.ts';
import { selectColumns } from '../data/select-columns.ts';
import { stackColumns, stackSparse } from '../data/stack-columns.ts';
import { isNode, type PyValue } from '../formats/pickle/nodes.ts';
import { checkWidth } from '../sklearn/base/columns.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';

interface Part {
  readonly columns: readonly string[];
  /** One after the other; none for columns that pass as they are. */
  readonly transforms: readonly ((x: Dataset) => Dataset)[];
}

/**
 * Transformers over the columns of a DataFrame that each of them names, results side by side. The columns of a call are
 * those named, in that order; other columns of the frame are not in the file.
 *
 * Source: sklearn_pandas/dataframe_mapper.py, `DataFrameMapper._transform`.
 */
export function dataFrameMapper(state: EstimatorState): Estimator {
  const rest = state.get('default');
  if (rest !== false && rest !== undefined) {
    throw state.unsupported('a default for columns that are not selected, which the file does not name,');
  }
  const sparse = state.booleanOr('sparse', false);
  // The attribute is misspelt in the versions that have it; it holds what functions selected.
  const parts = state
    .items(state.firstOf('build_features', 'features'))
    .map((item, i) => partOf(state, item, { i, sparse }));
  const names = [...new Set(parts.flatMap(({ columns }) => columns))];
  const branches = parts.map(({ columns, transforms }) => ({
    places: Int32Array.from(columns, (name) => names.indexOf(name)),
    transforms,
  }));
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: names.length,
    featureNames: names,
    transform(x): Dataset {
      checkWidth(x, names.length, className);
      const made = branches.map(({ places, transforms }) =>
        transforms.reduce((data, transform) => transform(data), selectColumns(x, places)),
      );
      return sparse && made.some((part) => part.kind === 'csr')
        ? stackSparse(made, x.rows)
        : stackColumns(made, x.rows);
    },
  };
}

function partOf(
  state: EstimatorState,
  item: PyValue,
  { i, sparse }: { readonly i: number; readonly sparse: boolean },
): Part {
  const [selector, transformers = null] =
    isNode(item) && (item.kind === 'tuple' || item.kind === 'list') ? item.items : [];
  if (selector === undefined) throw state.unsupported(`features[${i}] of another form`);
  if (isNode(selector) && !['list', 'tuple', 'ndarray', 'object'].includes(selector.kind)) {
    throw state.unsupported(`columns of features[${i}] that are chosen by a function`);
  }
  const labels = isNode(selector) ? state.labelsIn(selector, `features[${i}]`) : [selector];
  const columns = labels.filter((label) => typeof label === 'string');
  if (columns.length !== labels.length) throw state.unsupported(`columns of features[${i}] that are named by numbers`);
  return { columns, transforms: transformsOf(state, transformers, { place: `features[${i}]`, sparse }) };
}

function transformsOf(
  state: EstimatorState,
  transformers: PyValue,
  { place, sparse }: { readonly place: string; readonly sparse: boolean },
): Part['transforms'] {
  if (transformers === null) return [];
  const list = isNode(transformers) && transformers.kind === 'list' ? transformers.items : [transformers];
  return list.flatMap((one, k) => {
    if (one === null) return [];
    const { className, transform, transformDense } = state.child(one, `${place}[${k}]`);
    if (transform === undefined) throw state.unsupported(`${className}, which has no transform, in a mapper`);
    return [sparse ? transform : (transformDense ?? transform)];
  });
}
