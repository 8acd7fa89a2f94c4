import type { DenseMatrix } from '../data/dataset.ts';

/** Columns in a panel. */
export const PANEL = 4;

/** The right side of a product in panels of four columns, whose values lie side by side; the last one is filled with 0. */
export interface Panels {
  readonly cols: number;
  /** Terms of a sum. */
  readonly inner: number;
  readonly count: number;
  /** Column `4p + c`, term `j` is at `(p * inner + j) * 4 + c`. */
  readonly data: Float64Array;
}

/** The rows of `b` as columns: the right side of `a · bᵀ`. */
export function panelsOfRows(b: DenseMatrix): Panels {
  return fill(b.rows, b.cols, (data, column, to) => {
    const from = column * b.cols;
    for (let j = 0; j < b.cols; j++) data[to + j * PANEL] = b.data[from + j] as number;
  });
}

/** The columns of `b`: the right side of `a · b`. */
export function panelsOfColumns(b: DenseMatrix): Panels {
  return fill(b.cols, b.rows, (data, column, to) => {
    for (let j = 0; j < b.rows; j++) data[to + j * PANEL] = b.data[j * b.cols + column] as number;
  });
}

function fill(cols: number, inner: number, write: (data: Float64Array, column: number, to: number) => void): Panels {
  const count = Math.ceil(cols / PANEL);
  const data = new Float64Array(count * inner * PANEL);
  for (let column = 0; column < cols; column++) {
    const panel = Math.floor(column / PANEL);
    write(data, column, panel * inner * PANEL + (column % PANEL));
  }
  return { cols, inner, count, data };
}
