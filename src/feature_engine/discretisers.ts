import { DenseMatrix } from '../data/dataset.ts';
import type { PyValue } from '../formats/pickle/nodes.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { vectorIn } from '../sklearn/base/vector-in.ts';
import { roundTo } from './round-to.ts';
import { entriesOf, type Features, featuresOf, finiteIn, invalidAt, variablesOf } from './features.ts';

type Replace = (values: Float64Array) => Float64Array;

/**
 * Each value as the number of its interval; outside of all of them it is missing.
 *
 * Source: feature_engine/discretisation/base_discretiser.py, pandas `cut(labels=False, include_lowest=True)`.
 */
export function discretiser(state: EstimatorState): Estimator {
  if (state.booleanOr('return_boundaries', false)) throw state.unsupported('return_boundaries=True, text of pandas,');
  const strict = state.optionalString('errors') === 'raise';
  // Before 1.6, which brought the setting `precision`, the first interval had no lower end either.
  const lowest = state.get('precision') !== undefined;
  return replacing(state, (value, place, features) => {
    const edges = vectorIn(state, value, 'binner_dict_');
    return (values) => {
      const bins = values.map((one) => binOf(one, edges, lowest));
      const row = strict ? bins.findIndex(Number.isNaN) : -1;
      if (row < 0) return bins;
      throw invalidAt(features, { row, place, value: values[row], why: 'is outside of all intervals' });
    };
  });
}

/**
 * Each value as what a decision tree of this column alone predicts, or as the number of its interval.
 *
 * Source: feature_engine/discretisation/decision_tree.py.
 */
export function decisionTreeDiscretiser(state: EstimatorState): Estimator {
  const output = state.optionalString('bin_output') ?? 'prediction';
  if (output === 'bin_number') return discretiser(state);
  if (output !== 'prediction') throw state.unsupported(`bin_output="${output}", text of pandas,`);
  const precision = state.optionalNumber('precision');
  const regression = state.boolean('regression');
  return replacing(state, (value, place, { names }) => {
    const { predict, predictProba } = state.child(value, `binner_dict_(${String(names[place])})`);
    const method = regression ? predict : predictProba;
    if (method === undefined) throw state.unsupported('a tree that does not predict');
    return (values) => {
      const x = new DenseMatrix(values.length, 1, values);
      const made = regression ? Float64Array.from(predict?.(x) ?? [], Number) : secondColumn(predictProba?.(x));
      return precision === undefined ? made : made.map((one) => roundTo(one, precision));
    };
  });
}

function secondColumn(matrix: DenseMatrix | readonly DenseMatrix[] | undefined): Float64Array {
  if (!(matrix instanceof DenseMatrix)) return new Float64Array(0);
  return Float64Array.from({ length: matrix.rows }, (_, i) => matrix.data[i * matrix.cols + 1] as number);
}

/** Replaces each variable's column by a function that is made once for it. */
function replacing(
  state: EstimatorState,
  make: (value: PyValue, place: number, features: Features) => Replace,
): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  const replacers = entriesOf(state, features, 'binner_dict_').map(
    ([place, value]) => [place, make(value, place, features)] as const,
  );
  return columnListTransformer(features, (columns) => {
    for (const place of variables) finiteIn(features, columns, place);
    for (const [place, replace] of replacers) columns[place] = replace(finiteIn(features, columns, place));
    return columns;
  });
}

/** Intervals are open to the left, but for the first where `lowest` is set. */
function binOf(value: number, edges: Float64Array, lowest: boolean): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return lowest && value === edges[0] ? 0 : Number.NaN;
  return low === edges.length ? Number.NaN : low - 1;
}
