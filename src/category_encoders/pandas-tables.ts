import { isPandas, pandasValue } from '../formats/pandas/pandas-value.ts';
import { isNode, PyObject, type PyValue } from '../formats/pickle/nodes.ts';
import type { Label } from '../spec/model.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';

/** A numeric table: one row of numbers per label. */
export interface LabelledRows {
  readonly labels: readonly Label[];
  readonly columns: readonly string[];
  /** `labels.length * columns.length` numbers, row by row. */
  readonly values: Float64Array;
}

/** A Series or DataFrame of numbers; a Series has one column without a name. */
export function labelledRows(state: EstimatorState, value: PyValue | undefined, place: string): LabelledRows {
  if (value instanceof PyObject && isPandas(value)) {
    const table = pandasValue(value);
    if ('name' in table) {
      return { labels: table.index as Label[], columns: [''], values: numbersOf(state, table.values, place) };
    }
    if ('columns' in table) {
      const columns = [...table.columns].map(([, column]) => numbersOf(state, column, place));
      const rows = table.index.length;
      const values = new Float64Array(rows * columns.length);
      for (const [j, column] of columns.entries()) {
        for (let i = 0; i < rows; i++) values[i * columns.length + j] = column[i] as number;
      }
      return { labels: table.index as Label[], columns: [...table.columns.keys()], values };
    }
  }
  // Before 2.6 a mapping of the user's own stayed a dictionary.
  if (isNode(value) && value.kind === 'dict') {
    return {
      labels: value.keys().map(labelOf),
      columns: [''],
      values: numbersOf(state, value.values().map(labelOf), place),
    };
  }
  throw state.unsupported(`${place} that is no pandas Series or DataFrame`);
}

/** Numbers, where None is NaN as pandas has it. */
function numbersOf(state: EstimatorState, values: readonly unknown[], place: string): Float64Array {
  return Float64Array.from(values, (value) => {
    if (value === null || value === undefined) return Number.NaN;
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
    throw state.unsupported(`${place} with values that are no numbers`);
  });
}

/** The `(column, table)` pairs of a list of `{'col', 'mapping'}`. */
export function columnMappings(state: EstimatorState, name: string): readonly (readonly [Label, PyValue])[] {
  return state.items(name).map((item, i) => {
    const column = isNode(item) && item.kind === 'dict' ? item.get('col') : undefined;
    const mapping = isNode(item) && item.kind === 'dict' ? item.get('mapping') : undefined;
    if (column === undefined || mapping === undefined) throw state.unsupported(`${name}[${i}] of another form`);
    return [labelOf(column), mapping];
  });
}

/** The pairs of a dictionary from column to table. */
export function columnEntries(state: EstimatorState, name: string): readonly (readonly [Label, PyValue])[] {
  const value = state.get(name);
  if (!isNode(value) || value.kind !== 'dict') throw state.unsupported(`an attribute "${name}" that is no dictionary`);
  return Array.from(value, ([column, table]) => [labelOf(column), table] as const);
}
