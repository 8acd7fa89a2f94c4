import { CsrMatrix, type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { isNode, type PyValue } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';
import { type EncoderColumn, encoderColumns, visitCategories } from './encoder-columns.ts';
import { invertOneHot } from './one-hot-inverse.ts';

/** One column of the input as output columns. */
export interface OneHotColumn extends EncoderColumn {
  /** The first output column. */
  readonly start: number;
  /** Number of output columns. */
  readonly width: number;
  /** Position, after grouping, of the category that has no output column; -1 where all have one. */
  readonly drop: number;
  /** The output column of each category, -1 for the one dropped. */
  readonly outputs: Int32Array;
  /** The output column of unknown values, -1 for none. */
  readonly unknown: number;
}

/**
 * One output column per category, 1 where the value is that category. Dropped categories and ignored
 * unknown values are rows of zeros; infrequent categories share the last column.
 *
 * Source: sklearn/preprocessing/_encoders.py, `OneHotEncoder`.
 */
export function oneHotEncoder(state: EstimatorState): Estimator {
  const handling = state.string('handle_unknown');
  if (!['error', 'ignore', 'infrequent_if_exist', 'warn'].includes(handling)) {
    throw state.unsupported(`handle_unknown="${handling}"`);
  }
  // `sparse` is the text "deprecated" in the versions that have both.
  const sparse = state.booleanOr(state.has('sparse_output') ? 'sparse_output' : 'sparse', true);
  const columns = oneHotColumns(state, handling);
  const { className, featureNames } = state;
  const total = columns.reduce((sum, column) => sum + column.width, 0);
  const options: OneHotOptions = { className, featureNames, refuseUnknown: handling === 'error', total };
  return {
    className,
    task: 'transformation',
    width: columns.length,
    featureNames,
    ...(options.refuseUnknown && { inputCategories: columns.map(({ categories }) => categories) }),
    transform: (x) => (sparse ? sparseOneHot(x, columns, options) : denseOneHot(x, columns, options)),
    transformDense: (x) => denseOneHot(x, columns, options),
    inverseTransform: (x) => invertOneHot(x, columns, { className, handling, total }),
  };
}

interface OneHotOptions {
  readonly className: string;
  readonly featureNames: readonly string[] | undefined;
  readonly refuseUnknown: boolean;
  readonly total: number;
}

function outputOf(column: OneHotColumn, position: number): number {
  return position < 0 ? column.unknown : (column.outputs[position] as number);
}

function denseOneHot(x: Dataset, columns: readonly OneHotColumn[], options: OneHotOptions): DenseMatrix {
  const out = new DenseMatrix(x.rows, options.total);
  visitCategories(x, columns, options, (i, j, position) => {
    const at = outputOf(columns[j] as OneHotColumn, position);
    if (at >= 0) out.data[i * out.cols + at] = 1;
  });
  return out;
}

function sparseOneHot(x: Dataset, columns: readonly OneHotColumn[], options: OneHotOptions): CsrMatrix {
  const { rows } = x;
  const width = columns.length;
  const outputs = new Int32Array(rows * width);
  let size = 0;
  visitCategories(x, columns, options, (i, j, position) => {
    const at = outputOf(columns[j] as OneHotColumn, position);
    outputs[i * width + j] = at;
    if (at >= 0) size += 1;
  });
  const indptr = new Int32Array(rows + 1);
  const indices = new Int32Array(size);
  let to = 0;
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0; j < width; j++, k++) if ((outputs[k] as number) >= 0) indices[to++] = outputs[k] as number;
    indptr[i + 1] = to;
  }
  return new CsrMatrix([rows, options.total], { indptr, indices, data: new Float64Array(size).fill(1) });
}

function oneHotColumns(state: EstimatorState, handling: string): OneHotColumn[] {
  const drops = dropPositions(state);
  // "warn" did what "ignore" does until 1.8.
  const toInfrequent = handling === 'infrequent_if_exist' || (handling === 'warn' && atLeast(state.version, 1, 8));
  let start = 0;
  return encoderColumns(state).map((column, j) => {
    const drop = drops?.[j] ?? -1;
    const place = (position: number): number => {
      const grouped = column.grouped[position] as number;
      if (grouped === drop) return -1;
      return start + (drop >= 0 && grouped > drop ? grouped - 1 : grouped);
    };
    const groups = column.categories.length - (column.infrequent === undefined ? 0 : column.infrequent.length - 1);
    const compiled: OneHotColumn = {
      ...column,
      start,
      width: drop < 0 ? groups : groups - 1,
      drop,
      outputs: Int32Array.from(column.categories, (_, position) => place(position)),
      unknown: toInfrequent && column.infrequent !== undefined ? place(column.infrequent[0] as number) : -1,
    };
    start += compiled.width;
    return compiled;
  });
}

/** Dropped positions after grouping; `drop_idx_` means that only before 1.2.2, which had no other attribute. */
function dropPositions(state: EstimatorState): number[] | undefined {
  if (state.get('drop') === null || state.get('drop') === undefined) return undefined;
  const name = state.firstOf('_drop_idx_after_grouping', 'drop_idx_');
  if (!state.has(name)) return undefined;
  const value: PyValue | undefined = state.get(name);
  if (!isNode(value)) throw state.unsupported(`an attribute "${name}" of this kind`);
  return state.labelsIn(value, name).map((position) => (position === null ? -1 : Number(position)));
}
