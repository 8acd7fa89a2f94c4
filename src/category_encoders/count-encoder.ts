import { InputError } from '../errors/input-error.ts';
import { isNode } from '../formats/pickle/nodes.ts';
import type { Label } from '../spec/model.ts';
import { CategoryIndex } from '../sklearn/base/categories.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';
import { type Block, blockEncoder, encoderInput, positionIn } from './encoder-columns.ts';
import { lookUp, lumpingOf } from './lookup.ts';
import { columnEntries, labelledRows } from './pandas-tables.ts';

/**
 * Each category as how often it was there in training, or as that fraction; rare ones together.
 *
 * Source: category_encoders/count.py, `CountEncoder._transform`.
 */
export function countEncoder(state: EstimatorState): Estimator {
  const input = encoderInput(state);
  const { className } = input;
  const refuseMissing = state.get('handle_missing') === 'error';
  const blocks = columnEntries(state, 'mapping').map(([column, mapping]): Block => {
    const { labels, values } = labelledRows(state, mapping, `mapping of ${String(column)}`);
    const index = new CategoryIndex(labels);
    const unknown = settingOf(state, '_handle_unknown', column);
    const keepsNaN = settingOf(state, '_handle_missing', column) === 'return_nan';
    const filler = typeof unknown === 'number' ? unknown : unknown === 'value' && !keepsNaN ? 0 : undefined;
    const rows = Float64Array.of(...values, Number.NaN);
    if (filler !== undefined) for (const [i, row] of rows.entries()) if (Number.isNaN(row)) rows[i] = filler;
    const lookup = {
      column,
      index,
      width: 1,
      rows,
      refuseUnknown: false,
      refuseMissing,
      lumping: lumpingOf(state, '_min_group_categories', column),
    };
    return {
      column: positionIn(state, input, column),
      names: [String(column)],
      encode(values_) {
        const out = lookUp(lookup, values_, className);
        const row = unknown === 'error' ? (out[0]?.findIndex(Number.isNaN) ?? -1) : -1;
        if (row < 0) return out;
        throw new InputError(
          'ML_INPUT_DTYPE',
          `row ${row}, column ${JSON.stringify(column)}: ${className} has no count for this value`,
          { details: { row, column, known: labels.slice(0, 100) } },
        );
      },
    };
  });
  return blockEncoder(state, input, blocks);
}

/** A setting that the encoder keeps for each column. */
function settingOf(state: EstimatorState, name: string, column: Label): Label | undefined {
  const settings = state.get(name);
  const value = isNode(settings) && settings.kind === 'dict' ? settings.get(column) : undefined;
  return value === undefined ? undefined : labelOf(value);
}
