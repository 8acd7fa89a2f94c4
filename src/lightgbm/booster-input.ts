import { type Dataset, DenseMatrix, toDense } from '../data/dataset.ts';
import { CategoryIndex, columnValues } from '../sklearn/base/categories.ts';
import { selectColumns } from '../data/select-columns.ts';
import type { BoosterModel } from './booster-model.ts';

/**
 * Categories become their codes, as LightGBM's Python package makes of a DataFrame; what is no category is missing.
 * Where the categories are text, a number is a code already, as in an array without names.
 */
export class BoosterInput {
  readonly #indices: ReadonlyMap<number, CategoryIndex>;

  constructor({ categories }: Pick<BoosterModel, 'categories'>) {
    this.#indices = new Map(Array.from(categories, ([column, values]) => [column, new CategoryIndex(values)]));
  }

  /** @throws `ML_INPUT_DTYPE` for text in a numeric column */
  read(x: Dataset): Dataset {
    if (this.#indices.size === 0) return x.kind === 'frame' ? toDense(x) : x;
    if (x.kind === 'csr') return this.read(toDense(x));
    const numeric = Array.from({ length: x.cols }, (_, j) => j).filter((j) => !this.#indices.has(j));
    const rest = toDense(selectColumns(x, numeric));
    const out = new DenseMatrix(x.rows, x.cols);
    for (const [k, j] of numeric.entries()) {
      for (let i = 0; i < x.rows; i++) out.data[i * x.cols + j] = rest.data[i * rest.cols + k] as number;
    }
    for (const [j, index] of this.#indices) {
      const values = columnValues(x, j);
      for (let i = 0; i < x.rows; i++) out.data[i * x.cols + j] = codeOf(values[i], index);
    }
    return out;
  }
}

function codeOf(value: unknown, index: CategoryIndex): number {
  if (value === null || value === undefined || Number.isNaN(value)) return Number.NaN;
  if (typeof value === 'number' && typeof index.categories[0] === 'string') return value;
  const code = index.of(value);
  return code < 0 ? Number.NaN : code;
}
