import type { Dataset } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { columnValues } from '../base/categories.ts';
import { checkWidth } from '../base/columns.ts';

/**
 * The texts of a dataset of one column.
 *
 * @throws `ML_INPUT_FEATURE_COUNT` for several columns, `ML_INPUT_MISSING_VALUE` for a missing text,
 *   `ML_INPUT_DTYPE` for anything that is no text
 */
export function documentsOf(x: Dataset, className: string): readonly string[] {
  checkWidth(x, 1, className);
  const values = columnValues(x, 0);
  const texts: string[] = [];
  for (let i = 0; i < x.rows; i++) {
    const value = values[i];
    if (typeof value !== 'string') throw noText(value, i, className);
    texts.push(value);
  }
  return texts;
}

function noText(value: unknown, row: number, className: string): InputError {
  const details = { row };
  if (value === null || value === undefined || Number.isNaN(value)) {
    return new InputError(
      'ML_INPUT_MISSING_VALUE',
      `row ${row}: ${className} needs text, and it is missing; pass "" for no text`,
      { details },
    );
  }
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}: ${className} needs text, got ${typeof value === 'number' ? `the number ${value}` : `a ${typeof value}`}`,
    { details },
  );
}
