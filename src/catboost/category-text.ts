import { InputError } from '../errors/input-error.ts';

const MAX_INT64 = 2n ** 63n - 1n;

/** Where a value stands, for messages. */
export interface CategoryPlace {
  readonly className: string;
  readonly row: number;
  readonly column: string | number;
}

/**
 * A category as the text that CatBoost's Python package makes of it before hashing: integers in decimal, booleans as
 * `1` and `0`, text as it is. Numbers with a fraction and missing values are refused, as there.
 *
 * Source: catboost/python-package/catboost/_catboost.pyx, `get_id_object_bytes_string_representation`.
 *
 * @throws `ML_INPUT_DTYPE`, `ML_INPUT_MISSING_VALUE`
 */
export function categoryText(value: unknown, place: CategoryPlace): string {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return value;
      throw refused('ML_INPUT_DTYPE', place, 'text with half a surrogate pair, which has no UTF-8');
    case 'boolean':
      return value ? '1' : '0';
    case 'bigint':
      if (value <= MAX_INT64 && value >= -MAX_INT64 - 1n) return String(value);
      throw refused('ML_INPUT_DTYPE', place, `${value}, which is more than 64 bits hold; pass it as text`);
    case 'number':
      if (Number.isSafeInteger(value)) return String(value);
      if (!Number.isNaN(value)) throw refused('ML_INPUT_DTYPE', place, `${value}; pass an integer or text`);
      break;
    default:
      if (value !== null && value !== undefined)
        throw refused('ML_INPUT_DTYPE', place, `a ${typeof value}; pass an integer or text`);
  }
  throw refused(
    'ML_INPUT_MISSING_VALUE',
    place,
    'missing; give missing categories the text that training had for them',
  );
}

function refused(
  code: 'ML_INPUT_DTYPE' | 'ML_INPUT_MISSING_VALUE',
  { className, row, column }: CategoryPlace,
  what: string,
): InputError {
  return new InputError(
    code,
    `row ${row}, column ${JSON.stringify(column)}: the category for ${className} is ${what}`,
    { details: { row, column } },
  );
}
