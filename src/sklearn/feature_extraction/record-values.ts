import type { Dataset } from '../../data/dataset.ts';
import { describe } from '../../data/rows.ts';
import { InputError } from '../../errors/input-error.ts';
import { columnValues } from '../base/categories.ts';
import { checkWidth } from '../base/columns.ts';

/** The rows of a dataset of one column, as the caller gave them. */
export function rawRows(x: Dataset, className: string): readonly unknown[] {
  checkWidth(x, 1, className);
  return Array.from(columnValues(x, 0));
}

/** The names and values of a row that is a record or a Map. @throws `ML_INPUT_INVALID` for anything else */
export function recordEntries(row: unknown, index: number, className: string): readonly (readonly [string, unknown])[] {
  if (row instanceof Map) return Array.from(row, ([name, value]) => [String(name), value] as const);
  if (typeof row === 'object' && row !== null && !Array.isArray(row) && !ArrayBuffer.isView(row))
    return Object.entries(row);
  throw new InputError('ML_INPUT_INVALID', `row ${index} is ${describe(row)}; ${className} takes records`, {
    details: { row: index },
  });
}

/** A number, boolean or bigint as a number; `undefined` for anything else. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'boolean' || typeof value === 'bigint' ? Number(value) : undefined;
}

/** An error for a value that a vectorizer of records does not take. */
export function wrongValue(
  name: string,
  value: unknown,
  context: { readonly row: number; readonly className: string },
): InputError {
  const { row, className } = context;
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, ${JSON.stringify(name)}: ${className} does not take ${describe(value)}`,
    { details: { row, column: name } },
  );
}
