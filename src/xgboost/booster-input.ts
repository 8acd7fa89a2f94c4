import { type CsrMatrix, type Dataset, DenseMatrix, toDense } from '../data/dataset.ts';
import { InputError } from '../errors/input-error.ts';
import { CategoryIndex, columnValues, unknownCategory } from '../sklearn/base/categories.ts';
import { checkWidth } from '../sklearn/base/columns.ts';
import type { BoosterModel } from './booster-model.ts';

/** Rows as a booster takes them. */
export class BoosterInput {
  readonly #className: string;
  readonly #features: number;
  readonly #names: readonly string[] | undefined;
  /** Columns of categories whose values are known. */
  readonly #encoded: readonly { readonly column: number; readonly index: CategoryIndex }[];
  /** Columns of categories whose values are not: only codes can be given. */
  readonly #coded: readonly number[];
  readonly #missing: number;

  /** @param missing the number that counts as missing besides NaN */
  constructor(model: BoosterModel, className: string, missing: number) {
    this.#className = className;
    this.#features = model.features;
    this.#names = model.featureNames;
    this.#missing = Math.fround(missing);
    const columns = Array.from({ length: Math.min(model.features, model.featureTypes.length) }, (_, column) => column);
    this.#encoded = model.categories.flatMap((values, column) =>
      values === undefined || column >= model.features ? [] : [{ column, index: new CategoryIndex(values) }],
    );
    this.#coded = columns.filter(
      (column) => model.featureTypes[column] === 'c' && model.categories[column] === undefined,
    );
  }

  /**
   * Dense rows in which NaN is missing: values left out of sparse rows are missing too, categories are codes.
   *
   * @throws `ML_INPUT_FEATURE_COUNT`, `ML_INPUT_DTYPE`
   */
  read(x: Dataset): DenseMatrix {
    checkWidth(x, this.#features, this.#className);
    const encoded = this.#encode(x);
    const dense = encoded.kind === 'csr' ? denseWithGaps(encoded) : toDense(encoded);
    return this.#mark(dense, dense !== x);
  }

  #encode(x: Dataset): Dataset {
    if (x.kind === 'frame') this.#checkCodes(x.objects);
    if (this.#encoded.length === 0 || x.kind === 'csr') return x;
    const codes = new Map(this.#encoded.map(({ column, index }) => [column, this.#codesOf(x, column, index)]));
    const out = new DenseMatrix(x.rows, x.cols);
    for (let j = 0; j < x.cols; j++) {
      const values = codes.get(j) ?? numericColumn(x, j, this.#names);
      for (let i = 0; i < x.rows; i++) out.data[i * x.cols + j] = values[i] as number;
    }
    return out;
  }

  /** Where the categories are text, a number is a code already, as in Python. */
  #codesOf(x: Dataset, column: number, index: CategoryIndex): Float64Array {
    const textual = typeof index.categories[0] === 'string';
    return Float64Array.from(columnValues(x, column), (value, row) => {
      if (value === null || value === undefined || Number.isNaN(value)) return Number.NaN;
      if (textual && typeof value === 'number') return value;
      const code = index.of(value);
      if (code >= 0) return code;
      throw unknownCategory(value, row, {
        column: this.#names?.[column] ?? column,
        categories: index.categories,
        className: this.#className,
      });
    });
  }

  #checkCodes(objects: readonly (readonly unknown[] | undefined)[]): void {
    const column = this.#coded.find((j) => objects[j] !== undefined);
    if (column === undefined) return;
    throw new InputError(
      'ML_INPUT_DTYPE',
      `column ${JSON.stringify(this.#names?.[column] ?? column)} of ${this.#className} is categorical, but the model does not store its categories (XGBoost does so from 3.1 on): give the category codes that pandas had in training`,
      { details: { column } },
    );
  }

  /** Turns what counts as missing into NaN, and codes between -1 and 0 into -1: they are no category. */
  #mark(x: DenseMatrix, own: boolean): DenseMatrix {
    if (Number.isNaN(this.#missing) && this.#coded.length === 0) return x;
    const out = own ? x : new DenseMatrix(x.rows, x.cols, x.data.slice());
    const { data } = out;
    if (!Number.isNaN(this.#missing)) {
      for (let at = 0; at < data.length; at++)
        if (Math.fround(data[at] as number) === this.#missing) data[at] = Number.NaN;
    }
    for (const column of this.#coded) {
      for (let at = column; at < data.length; at += out.cols) {
        const value = data[at] as number;
        if (value < 0 && value > -1) data[at] = -1;
      }
    }
    return out;
  }
}

function numericColumn(
  x: Exclude<Dataset, CsrMatrix>,
  j: number,
  names: readonly string[] | undefined,
): ArrayLike<number> {
  const values = columnValues(x, j);
  return Float64Array.from(values, (value, row) => {
    if (typeof value === 'number') return value;
    if (value === null || value === undefined) return Number.NaN;
    throw new InputError(
      'ML_INPUT_DTYPE',
      `column ${JSON.stringify(names?.[j] ?? j)} must be numeric; row ${row} is ${JSON.stringify(value)}`,
      { details: { row, column: j } },
    );
  });
}

function denseWithGaps(x: CsrMatrix): DenseMatrix {
  const out = new DenseMatrix(x.rows, x.cols);
  out.data.fill(Number.NaN);
  for (let i = 0; i < x.rows; i++) {
    for (let k = x.indptr[i] as number; k < (x.indptr[i + 1] as number); k++) {
      out.data[i * x.cols + (x.indices[k] as number)] = x.data[k] as number;
    }
  }
  return out;
}
