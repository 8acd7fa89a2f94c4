import type { PyValue } from '../formats/pickle/nodes.ts';
import type { Label } from '../spec/model.ts';
import { CategoryIndex } from '../sklearn/base/categories.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { type Block, blockEncoder, type EncoderInput, encoderInput, positionIn } from './encoder-columns.ts';
import { type Handling, handlingOf, type Lookup, lookUp, lumpingOf, strategy } from './lookup.ts';
import { columnEntries, columnMappings, type LabelledRows, labelledRows } from './pandas-tables.ts';

/** The number that stands for values that the encoder was not fitted with. */
const UNKNOWN = -1;
/** The number of missing values, where none were in the training data. */
const MISSING = -2;

/**
 * Each category as the number that it was given, in order of appearance from 1.
 *
 * Source: category_encoders/ordinal.py, `OrdinalEncoder.ordinal_encoding`.
 */
export function ordinalEncoder(state: EstimatorState): Estimator {
  const input = encoderInput(state);
  const handling = handlingOf(state);
  const codes = ordinalCodes(state);
  const unknown = strategy(state, 'handle_unknown');
  const missing = strategy(state, 'handle_missing');
  const number = (code: number): number => {
    if (code !== MISSING) return code;
    return missing === 'return_nan' ? Number.NaN : typeof missing === 'number' ? missing : code;
  };
  const forUnknown = unknown === 'value' ? UNKNOWN : typeof unknown === 'number' ? unknown : Number.NaN;
  const blocks = codes.map(([column, { labels, values }]): Block => {
    const rows = Float64Array.from([...values].map(number).concat(forUnknown));
    return blockOf(state, input, {
      ...parts(state, handling, column),
      index: new CategoryIndex(labels),
      width: 1,
      rows,
      names: [String(column)],
    });
  });
  return blockEncoder(state, input, blocks);
}

/**
 * Encoders that first give each category a number and then a row of a table, which is in the file: one-hot, binary and
 * other bases, Gray, rank-hot and contrasts.
 *
 * Source: category_encoders/one_hot.py, basen.py, gray.py, base_contrast_encoder.py.
 */
export function tableEncoder(state: EstimatorState): Estimator {
  return encodeByTables(state, columnMappings(state, 'mapping'), rowFinder);
}

/**
 * Encoders that give each category a number computed from the target in training: target, m-estimate, James-Stein,
 * weight of evidence, quantile, mixed models. Random noise is for training rows alone.
 *
 * Source: category_encoders/target_encoder.py, m_estimate.py, james_stein.py, woe.py, quantile_encoder.py, glmm.py.
 */
export function targetEncoder(state: EstimatorState): Estimator {
  return encodeByTables(state, columnEntries(state, 'mapping'), rowFinder);
}

/**
 * Each category as a number from 1 and a 1 in the columns of the categories up to it.
 *
 * Source: category_encoders/rankhot.py, `RankHotEncoder._transform`.
 */
export function rankHotEncoder(state: EstimatorState): Estimator {
  const zero = (name: string): number => (strategy(state, name) === 'return_nan' ? Number.NaN : 0);
  const [unknown, missing] = [zero('handle_unknown'), zero('handle_missing')];
  // The encoder of numbers makes missing values NaN, unless they are a category or count as unknown.
  const apart = strategy(state.part('ordinal_encoder'), 'handle_missing') === 'return_nan';
  return encodeByTables(state, columnMappings(state, 'mapping'), (table) => {
    const find = rowFinder(table);
    const known = new Set(table.labels.map(Number));
    return (code) => {
      if (code === MISSING && apart) return table.columns.map(() => missing);
      return known.has(code) ? find(code) : table.columns.map(() => unknown);
    };
  });
}

function encodeByTables(
  state: EstimatorState,
  tables: readonly (readonly [Label, PyValue])[],
  finder: (table: LabelledRows) => (code: number) => number[],
): Estimator {
  const input = encoderInput(state);
  const handling = handlingOf(state);
  const codes = new Map(ordinalCodes(state.part('ordinal_encoder')));
  const blocks = tables.map(([column, value]): Block => {
    const ordinal = codes.get(column);
    if (ordinal === undefined) throw state.unsupported(`column ${String(column)} without numbers of its categories,`);
    const table = labelledRows(state, value, `mapping of ${String(column)}`);
    const rowOf = finder(table);
    const width = table.columns.length;
    const rows = [...ordinal.values].flatMap(rowOf);
    return blockOf(state, input, {
      ...parts(state, handling, column),
      index: new CategoryIndex(ordinal.labels),
      width,
      rows: Float64Array.from(rows.concat(rowOf(UNKNOWN))),
      names: width === 1 && table.columns[0] === '' ? [String(column)] : table.columns,
    });
  });
  return blockEncoder(state, input, blocks);
}

/** The numbers of the categories by column. */
export function ordinalCodes(state: EstimatorState): (readonly [Label, LabelledRows])[] {
  return columnMappings(state, 'mapping').map(([column, value]) => [
    column,
    labelledRows(state, value, `mapping of ${String(column)}`),
  ]);
}

/** Rows of a table by code, as pandas reindexes: NaN where it has no such row. */
export function rowFinder({ labels, columns, values }: LabelledRows): (code: number) => number[] {
  const width = columns.length;
  const places = new Map(labels.map((label, i) => [Number(label), i]));
  return (code) => {
    const at = places.get(code);
    return at === undefined
      ? Array.from({ length: width }, () => Number.NaN)
      : [...values.subarray(at * width, (at + 1) * width)];
  };
}

type Parts = Pick<Lookup, 'column' | 'refuseUnknown' | 'refuseMissing' | 'lumping'>;

function parts(state: EstimatorState, handling: Handling, column: Label): Parts {
  const { refuseUnknown, refuseMissing } = handling;
  return { column, refuseUnknown, refuseMissing, lumping: lumpingOf(state, 'min_group_lumping_', column) };
}

/** A block that looks its values up. */
export function blockOf(
  state: EstimatorState,
  input: EncoderInput,
  { names, ...lookup }: Lookup & { readonly names: readonly string[] },
): Block {
  const { className } = input;
  return {
    column: positionIn(state, input, lookup.column),
    names,
    encode: (values) => lookUp(lookup, values, className),
  };
}
