import { type Dataset, type DenseMatrix, toDense } from '../data/dataset.ts';
import { selectColumns } from '../data/select-columns.ts';
import { columnValues } from '../sklearn/base/categories.ts';
import { checkWidth } from '../sklearn/base/columns.ts';
import type { CatboostModel } from './catboost-model.ts';
import { CategoryHashes } from './category-hashes.ts';
import { categoryText } from './category-text.ts';

/** A column: every `stride`-th value from `first` on. */
export interface NumberColumn {
  readonly data: Float64Array;
  readonly first: number;
  readonly stride: number;
}

/** Rows as a model takes them. */
export interface RowValues {
  readonly rows: number;
  /** A numeric column of the input. */
  numbers(column: number): NumberColumn;
  /** Hashes of categories, by position of the categorical feature and row. */
  readonly hashes: readonly Int32Array[];
}

/** Reads rows for a model. */
export class RowReader {
  readonly #className: string;
  readonly #width: number;
  readonly #names: readonly string[] | undefined;
  readonly #categorical: readonly number[];
  readonly #numeric: readonly number[];
  readonly #hashes = new CategoryHashes();

  constructor(
    { catFeatures, floatFeatures }: CatboostModel,
    about: { readonly className: string; readonly width: number; readonly names: readonly string[] | undefined },
  ) {
    this.#className = about.className;
    this.#width = about.width;
    this.#names = about.names;
    this.#categorical = catFeatures.map(({ flatIndex }) => flatIndex);
    this.#numeric = floatFeatures.map(({ flatIndex }) => flatIndex);
  }

  /** @throws `ML_INPUT_FEATURE_COUNT`, `ML_INPUT_DTYPE`, `ML_INPUT_MISSING_VALUE` */
  read(input: Dataset): RowValues {
    checkWidth(input, this.#width, this.#className);
    const x = input.kind === 'csr' ? toDense(input) : input;
    const hashes = this.#categorical.map((column) => this.#hashColumn(x, column));
    if (x.kind === 'dense') return fromDense(x, hashes);
    const { rows } = x;
    if (this.#numeric.some((column) => x.objects[column] !== undefined)) {
      // The message about text in a numeric column is one for all models.
      toDense(selectColumns(x, this.#numeric));
    }
    return { rows, numbers: (column) => ({ data: x.numbers, first: column * rows, stride: 1 }), hashes };
  }

  #hashColumn(x: Dataset, column: number): Int32Array {
    const values = columnValues(x, column);
    const place = { className: this.#className, column: this.#names?.[column] ?? column };
    const out = new Int32Array(x.rows);
    for (let row = 0; row < x.rows; row++) out[row] = this.#hashes.of(categoryText(values[row], { ...place, row }));
    return out;
  }
}

function fromDense(x: DenseMatrix, hashes: readonly Int32Array[]): RowValues {
  return { rows: x.rows, numbers: (column) => ({ data: x.data, first: column, stride: x.cols }), hashes };
}
