import { type Dataset, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Label } from '../../spec/model.ts';

/** Values of column `j` as the caller gave them: numbers, or mixed values with `null` for missing. */
export function columnValues(x: Dataset, j: number): ArrayLike<unknown> {
  if (x.kind === 'frame') return x.objects[j] ?? x.numericColumn(j);
  const dense = toDense(x);
  return Array.from({ length: x.rows }, (_, i) => dense.data[i * x.cols + j]);
}

/**
 * Positions of category values by Python's equality: `1`, `1.0` and `True` are one, text is never a
 * number. A missing value of the caller (`null`, `undefined`, NaN) is whichever of NaN and None the
 * categories know.
 */
export class CategoryIndex {
  readonly #positions = new Map<unknown, number>();
  readonly #missing: number | undefined;
  readonly categories: readonly Label[];

  constructor(categories: readonly Label[]) {
    this.categories = categories;
    for (const [i, category] of categories.entries()) {
      const key = keyOf(category);
      if (!this.#positions.has(key)) this.#positions.set(key, i);
    }
    this.#missing = this.#positions.get(Number.NaN) ?? this.#positions.get(null);
  }

  /** The position of a value, or -1 where it is no category. */
  of(value: unknown): number {
    if (value === null || value === undefined || Number.isNaN(value)) return this.#missing ?? -1;
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
export function unknownCategory(value: unknown, row: number, context: { readonly column: string | number; readonly categories: readonly Label[]; readonly className: string }): InputError {
  const { column, categories, className } = context;
  const known = categories.slice(0, 10).map((category) => (typeof category === 'string' ? JSON.stringify(category) : String(category)));
  const more = categories.length > 10 ? ` and ${categories.length - 10} more` : '';
  return new InputError(
    'ML_INPUT_DTYPE',
    `row ${row}, column ${JSON.stringify(column)}: ${typeof value === 'string' ? JSON.stringify(value) : String(value)} is unknown to ${className}; it knows ${known.join(', ')}${more}`,
    { details: { row, column, known: categories.slice(0, 100) } },
  );
}
