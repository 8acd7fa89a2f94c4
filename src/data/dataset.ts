import { InputError } from '../errors/input-error.ts';
import { describe } from './rows.ts';

/** A dense row-major matrix of float64. */
export class DenseMatrix {
  readonly kind = 'dense';
  readonly rows: number;
  readonly cols: number;
  /** `rows * cols` values, row-major. */
  readonly data: Float64Array;

  constructor(rows: number, cols: number, data: Float64Array = new Float64Array(rows * cols)) {
    this.rows = rows;
    this.cols = cols;
    this.data = data;
  }
}

/** A sparse matrix in compressed-sparse-row form; column indices of a row need not be sorted. */
export class CsrMatrix {
  readonly kind = 'csr';
  readonly rows: number;
  readonly cols: number;
  /** Row `i` is `indices[indptr[i]..indptr[i + 1]]`; length `rows + 1`. */
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly data: Float64Array;

  constructor(shape: readonly [rows: number, cols: number], parts: CsrParts) {
    [this.rows, this.cols] = shape;
    this.indptr = parts.indptr;
    this.indices = parts.indices;
    this.data = parts.data;
  }
}

/** The three arrays of a CSR matrix. */
export interface CsrParts {
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly data: Float64Array;
}

/**
 * Columns of numbers or of mixed values, as in a DataFrame. Numeric columns lie one after another
 * in one array; a column with anything else than numbers is a plain array.
 */
export class Frame {
  readonly kind = 'frame';
  readonly rows: number;
  readonly cols: number;
  /** Column `j` is `numbers[j * rows .. (j + 1) * rows]`, unless `objects[j]` is set. NaN is missing. */
  readonly numbers: Float64Array;
  /** Values of column `j` where it is not numeric; `null` is missing. */
  readonly objects: readonly (readonly unknown[] | undefined)[];
  readonly names: readonly string[] | undefined;

  constructor(parts: Pick<Frame, 'rows' | 'cols' | 'numbers' | 'objects' | 'names'>) {
    this.rows = parts.rows;
    this.cols = parts.cols;
    this.numbers = parts.numbers;
    this.objects = parts.objects;
    this.names = parts.names;
  }

  /** A numeric column as a view. */
  numericColumn(j: number): Float64Array {
    return this.numbers.subarray(j * this.rows, (j + 1) * this.rows);
  }
}

/** The only shapes that travel through a pipeline. */
export type Dataset = DenseMatrix | CsrMatrix | Frame;

/** Values of the largest dense matrix that sparse data is spread out to: 2 GiB. */
const MAX_DENSE_VALUES = 2 ** 28;

/**
 * The data as one dense matrix; the same object if it is one already.
 *
 * @throws `ML_INPUT_DTYPE` for a frame with a text column, `ML_INPUT_SHAPE` for sparse data of more than 2^28 values
 */
export function toDense(data: Dataset): DenseMatrix {
  if (data.kind === 'dense') return data;
  if (data.rows * data.cols > MAX_DENSE_VALUES) {
    throw new InputError(
      'ML_INPUT_SHAPE',
      `${data.rows} rows of ${data.cols} columns do not fit into one dense matrix of ${MAX_DENSE_VALUES} values; pass fewer rows at a time`,
      { details: { rows: data.rows, columns: data.cols, limit: MAX_DENSE_VALUES } },
    );
  }
  const out = new DenseMatrix(data.rows, data.cols);
  if (data.kind === 'csr') {
    for (let i = 0; i < data.rows; i++) {
      const end = data.indptr[i + 1] as number;
      // Duplicate entries add up, as in scipy.
      for (let k = data.indptr[i] as number; k < end; k++) {
        const at = i * data.cols + (data.indices[k] as number);
        out.data[at] = (out.data[at] as number) + (data.data[k] as number);
      }
    }
    return out;
  }
  for (let j = 0; j < data.cols; j++) {
    const objects = data.objects[j];
    if (objects !== undefined) throw textColumn(objects, data.names?.[j] ?? j);
    for (let i = 0; i < data.rows; i++) out.data[i * data.cols + j] = data.numbers[j * data.rows + i] as number;
  }
  return out;
}

function textColumn(values: readonly unknown[], column: string | number): InputError {
  const row = values.findIndex((value) => typeof value !== 'number' && value !== null);
  return new InputError(
    'ML_INPUT_DTYPE',
    `column ${JSON.stringify(column)} must be numeric; row ${row} is ${describe(values[row])}`,
    { details: { row, column } },
  );
}
