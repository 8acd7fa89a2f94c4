import { type Dataset, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Label } from '../../spec/model.ts';

/** Values of column `j` as the caller gave them: numbers, or mixed values with `null` for missing. */
export function columnValues(x: Dataset, j: number): ArrayLike<unknown> {
  if (x.kind === 'frame') return x.objects[j] ?? x.numericColumn(j);
  const { data } = toDense(x);
  if (x.cols === 1) return data;
  const values = new Float64Array(x.rows);
  for (let i = 0; i < x.rows; i++) values[i] = data[i * x.cols + j] as number;
  return values;
}

/**
 * Positions of category values by Python's equality: `1`, `1.0` and `True` are one, text is never a
 * number. A missing value of the caller (`null`, `undefined`, NaN) is whichever of NaN and None the
 * categories know; of both, `null` is None.
 */
export class CategoryIndex {
  readonly #positions = new Map<unknown, number>();
  readonly #none: number;
  readonly #nan: number;
  readonly categories: readonly Label[];

  constructor(categories: readonly Label[]) {
    this.categories = categories;
    for (const [i, category] of categories.entries()) {
      const key = keyOf(category);
      if (!this.#positions.has(key)) this.#positions.set(key, i);
    }
    const none = this.#positions.get(null);
    const nan = this.#positions.get(Number.NaN);
    this.#none = none ?? nan ?? -1;
    this.#nan = nan ?? none ?? -1;
  }

  /** The position of a value, or -1 where it is no category. */
  of(value: unknown): number {
    if (value === null || value === undefined) return this.#none;
    if (Number.isNaN(value)) return this.#nan;
    return this.#positions.get(keyOf(value)) ?? -1;
  }
}

/** JavaScript's Map already takes NaN as equal to itself; numbers of other types become plain ones. */
function keyOf(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return value;
}

/** An error for a value that is none of the categories an estimator was fitted with. */
export function unknownCategory(
  value: unknown,
  row: number,
  context: { readonly column: string | number; readonly categories: readonly Label[]; readonly className: string },
): InputError {
  const { column, categories, className } = context;
  const known = categories
    .slice(0, 10)
    .map((category) => (typeof category === 'string' ? JSON.stringify(category) : String(category)));
  const more = categories.length > 10 ? ` and ${categories.length - 10} more` : '';
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, column ${JSON.stringify(column)}: ${typeof value === 'string' ? JSON.stringify(value) : String(value)} is unknown to ${className}; it knows ${known.join(', ')}${more}`,
    { details: { row, column, known: categories.slice(0, 100) } },
  );
}
