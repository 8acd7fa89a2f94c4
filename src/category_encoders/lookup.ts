import type { Column } from '../data/column-list.ts';
import { InputError } from '../errors/input-error.ts';
import { isNode } from '../formats/pickle/nodes.ts';
import type { Label } from '../spec/model.ts';
import { CategoryIndex, unknownCategory } from '../sklearn/base/categories.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';

/** The numbers that one column's values become: a row of `width` numbers each. */
export interface Lookup {
  readonly column: Label;
  readonly index: CategoryIndex;
  readonly width: number;
  /** Rows by position in the index; the last one is for values that are not in it. */
  readonly rows: Float64Array;
  /** What a missing value becomes, where that is not what the index says. */
  readonly missing?: Float64Array;
  readonly refuseUnknown: boolean;
  readonly refuseMissing: boolean;
  readonly lumping?: Lumping | undefined;
}

/** Rare categories and the names of the groups that they became. */
export interface Lumping {
  readonly categories: CategoryIndex;
  readonly names: readonly Label[];
}

/** What an encoder does with values that it does not know. */
export interface Handling {
  readonly className: string;
  readonly refuseUnknown: boolean;
  readonly refuseMissing: boolean;
}

/** `handle_unknown` and `handle_missing` where they are words; functions of Python are refused. */
export function handlingOf(state: EstimatorState): Handling {
  return {
    className: state.className,
    refuseUnknown: strategy(state, 'handle_unknown') === 'error',
    refuseMissing: strategy(state, 'handle_missing') === 'error',
  };
}

/** A word or a number; `undefined` where there is none. */
export function strategy(state: EstimatorState, name: string): string | number | undefined {
  const value = state.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isNode(value) && (value.kind === 'global' || value.kind === 'object')) {
    throw state.unsupported(`${name} that is a Python function`);
  }
  return state.number(name);
}

/** The rare categories of a column in a dictionary of dictionaries; `undefined` where it has none. */
export function lumpingOf(state: EstimatorState, name: string, column: Label): Lumping | undefined {
  const all = state.get(name);
  const found = isNode(all) && all.kind === 'dict' ? all.get(column) : undefined;
  if (!isNode(found) || found.kind !== 'dict') return undefined;
  return { categories: new CategoryIndex(found.keys().map(labelOf)), names: found.values().map(labelOf) };
}

/**
 * The values of a column as columns of numbers.
 *
 * @throws `ML_INPUT_DTYPE` for an unknown category, `ML_INPUT_MISSING_VALUE`, where the encoder takes none
 */
export function lookUp(lookup: Lookup, values: Column, className: string): Float64Array[] {
  const { index, width, rows, missing } = lookup;
  const count = values.length;
  const out = Array.from({ length: width }, () => new Float64Array(count));
  const unknown = rows.length - width;
  for (let i = 0; i < count; i++) {
    if (lookup.refuseMissing && isMissing(values[i])) throw missingValue(lookup.column, i, className);
    const value = lumped(lookup.lumping, values[i]);
    const own = missing !== undefined && isMissing(value);
    const position = index.of(value);
    if (position < 0 && lookup.refuseUnknown && !own) {
      throw unknownCategory(value, i, { column: String(lookup.column), categories: index.categories, className });
    }
    const table = own ? missing : rows;
    const from = own ? 0 : position < 0 ? unknown : position * width;
    for (let k = 0; k < width; k++) (out[k] as Float64Array)[i] = table[from + k] as number;
  }
  return out;
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

function lumped(lumping: Lumping | undefined, value: unknown): unknown {
  const at = lumping?.categories.of(value) ?? -1;
  return at < 0 ? value : lumping?.names[at];
}

function missingValue(column: Label, row: number, className: string): InputError {
  return new InputError(
    'ML_INPUT_MISSING_VALUE',
    `row ${row}, column ${JSON.stringify(column)}: ${className} was fitted to take no missing values`,
    { details: { row, column } },
  );
}
