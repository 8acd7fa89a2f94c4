import type { Column } from '../data/column-list.ts';
import { describe } from '../data/rows.ts';
import { InputError } from '../errors/input-error.ts';
import { isNode, type PyValue } from '../formats/pickle/nodes.ts';
import type { Label } from '../spec/model.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';

/** The columns that a transformer was fitted with; it puts those of a call in this order. */
export interface Features {
  readonly className: string;
  /** Names, or positions where it was fitted on an array. */
  readonly names: readonly Label[];
}

/** The columns by the names that the fit saw. */
export function featuresOf(state: EstimatorState): Features {
  return { className: state.className, names: state.labels('feature_names_in_') };
}

/** Positions of the columns that an attribute names. */
export function variablesOf(state: EstimatorState, features: Features, name = 'variables_'): Int32Array {
  const value = state.get(name);
  const labels = typeof value === 'string' || typeof value === 'number' ? [value] : state.labels(name);
  return Int32Array.from(labels, (label) => placeOf(state, features, label));
}

/** The position of a column. */
export function placeOf(state: EstimatorState, { names }: Features, label: Label): number {
  const at = names.indexOf(label);
  if (at < 0) throw state.unsupported(`column ${String(label)}, which is no column of the file,`);
  return at;
}

/** The pairs of a dictionary from column to value, by position. */
export function entriesOf(
  state: EstimatorState,
  features: Features,
  name: string,
): readonly (readonly [place: number, value: PyValue])[] {
  const value = state.get(name);
  if (!isNode(value) || value.kind !== 'dict') throw state.unsupported(`an attribute "${name}" that is no dictionary`);
  return Array.from(value, ([key, item]) => [placeOf(state, features, labelOf(key)), item] as const);
}

/**
 * A column as numbers.
 *
 * @throws `ML_INPUT_DTYPE` for text
 */
export function numbersIn({ className, names }: Features, columns: readonly Column[], place: number): Float64Array {
  const column = columns[place] as Column;
  if (column instanceof Float64Array) return column;
  const row = column.findIndex((value) => value !== null);
  throw new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, column ${JSON.stringify(names[place])}: ${className} takes numbers, got ${describe(column[row])}`,
    { details: { row, column: names[place] } },
  );
}

/**
 * A column as numbers without missing and infinite values.
 *
 * @throws `ML_INPUT_MISSING_VALUE`, `ML_INPUT_DTYPE`
 */
export function finiteIn(features: Features, columns: readonly Column[], place: number): Float64Array {
  const values = numbersIn(features, columns, place);
  const row = values.findIndex((value) => !Number.isFinite(value));
  if (row < 0) return values;
  if (Number.isNaN(values[row])) throw missingAt(features, row, place);
  throw invalidAt(features, { row, place, value: values[row], why: 'must be finite' });
}

/** Refuses missing values in columns. Throws `ML_INPUT_MISSING_VALUE`. */
export function requirePresent(features: Features, columns: readonly Column[], places: Iterable<number>): void {
  for (const place of places) {
    const column = columns[place] as Column;
    for (let row = 0; row < column.length; row++) if (isMissing(column[row])) throw missingAt(features, row, place);
  }
}

/** Whether a value is None or NaN. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

function missingAt({ className, names }: Features, row: number, place: number): InputError {
  return new InputError(
    'ML_INPUT_MISSING_VALUE',
    `row ${row}, column ${JSON.stringify(names[place])}: ${className} takes no missing values`,
    { details: { row, column: names[place] } },
  );
}

/** An error for a value that the transformer refuses. */
export function invalidAt(
  { className, names }: Features,
  {
    row,
    place,
    value,
    why,
  }: { readonly row: number; readonly place: number; readonly value: unknown; readonly why: string },
): InputError {
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, column ${JSON.stringify(names[place])}: ${className}: ${describe(value)} ${why}`,
    { details: { row, column: names[place] } },
  );
}
