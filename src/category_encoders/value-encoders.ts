import { CategoryIndex } from '../sklearn/base/categories.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { blockOf } from './code-encoders.ts';
import { type Block, blockEncoder, encoderInput } from './encoder-columns.ts';
import { handlingOf, lumpingOf, strategy } from './lookup.ts';
import { columnEntries, type LabelledRows, labelledRows } from './pandas-tables.ts';

/**
 * Each category as the mean of the target in training; of a category that was there once, the mean of all.
 *
 * Source: category_encoders/leave_one_out.py, `transform_leave_one_out` without a target.
 */
export function leaveOneOutEncoder(state: EstimatorState): Estimator {
  return meanEncoder(state, (sum, count) => sum / count);
}

/**
 * The same with the mean of all counted in `a` times.
 *
 * Source: category_encoders/cat_boost.py, `_transform` without a target.
 */
export function catBoostEncoder(state: EstimatorState): Estimator {
  const mean = state.number('_mean');
  const a = state.has('a') ? state.number('a') : 1;
  return meanEncoder(state, (sum, count) => (sum + mean * a) / (count + a));
}

function meanEncoder(state: EstimatorState, value: (sum: number, count: number) => number): Estimator {
  const input = encoderInput(state);
  const handling = handlingOf(state);
  const mean = state.number('_mean');
  const forUnknown = strategy(state, 'handle_unknown') === 'value' ? mean : Number.NaN;
  const missing = strategy(state, 'handle_missing');
  const blocks = columnEntries(state, 'mapping').map(([column, mapping]): Block => {
    const table = labelledRows(state, mapping, `mapping of ${String(column)}`);
    const [sums, counts] = ['sum', 'count'].map((name) => columnOf(state, table, name)) as [Float64Array, Float64Array];
    const means = sums.map((sum, i) => ((counts[i] as number) > 1 ? value(sum, counts[i] as number) : mean));
    const index = new CategoryIndex(table.labels);
    const known = index.of(Number.NaN);
    // Missing values that were there in training are a category like others.
    const forMissing =
      missing === 'return_nan'
        ? Number.NaN
        : known >= 0
          ? (means[known] as number)
          : missing === 'value'
            ? mean
            : Number.NaN;
    return blockOf(state, input, {
      column,
      index,
      width: 1,
      rows: Float64Array.of(...means, forUnknown),
      missing: Float64Array.of(forMissing),
      refuseUnknown: handling.refuseUnknown,
      refuseMissing: handling.refuseMissing,
      lumping: lumpingOf(state, 'min_group_lumping_', column),
      names: [String(column)],
    });
  });
  return blockEncoder(state, input, blocks);
}

function columnOf(state: EstimatorState, { columns, values }: LabelledRows, name: string): Float64Array {
  const at = columns.indexOf(name);
  if (at < 0) throw state.unsupported(`a mapping without the column "${name}"`);
  return values.filter((_, i) => i % columns.length === at);
}
