import { DenseMatrix } from '../../data/dataset.ts';
import { panelsOfColumns, panelsOfRows } from '../../kernel/panels.ts';
import { isLarge, tiledMatrix } from '../../kernel/tiled-matrix.ts';

/** `a · b`, summed in float64 in the order of the inner dimension. */
export function times(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const { rows, cols: inner } = a;
  const { cols } = b;
  const tiled = isLarge(rows, { cols, inner }) ? tiledMatrix('products', a, panelsOfColumns(b)) : undefined;
  if (tiled !== undefined) return tiled;
  const out = new DenseMatrix(rows, cols);
  for (let i = 0; i < rows; i++) {
    const to = i * cols;
    for (let k = 0; k < inner; k++) {
      const factor = a.data[i * inner + k] as number;
      const from = k * cols;
      for (let j = 0; j < cols; j++)
        out.data[to + j] = (out.data[to + j] as number) + factor * (b.data[from + j] as number);
    }
  }
  return out;
}

/** `a · bᵀ`, summed in float64 in the order of the columns. */
export function timesTransposed(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const { rows, cols: inner } = a;
  const tiled = isLarge(rows, { cols: b.rows, inner }) ? tiledMatrix('products', a, panelsOfRows(b)) : undefined;
  if (tiled !== undefined) return tiled;
  const out = new DenseMatrix(rows, b.rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += (a.data[i * inner + k] as number) * (b.data[j * inner + k] as number);
      out.data[i * b.rows + j] = sum;
    }
  }
  return out;
}

/** The transposed matrix. */
export function transposed(a: DenseMatrix): DenseMatrix {
  const out = new DenseMatrix(a.cols, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.cols; j++) out.data[j * a.rows + i] = a.data[i * a.cols + j] as number;
  }
  return out;
}

/** Adds a value to every row's columns, in place. */
export function addToRows(m: DenseMatrix, row: ArrayLike<number>, sign: 1 | -1 = 1): DenseMatrix {
  for (let i = 0, at = 0; i < m.rows; i++) {
    for (let j = 0; j < m.cols; j++, at++) m.data[at] = (m.data[at] as number) + sign * (row[j] as number);
  }
  return m;
}

/** A copy of a matrix with a value per column subtracted. */
export function minusRow(m: DenseMatrix, row: ArrayLike<number>): DenseMatrix {
  return addToRows(new DenseMatrix(m.rows, m.cols, Float64Array.from(m.data)), row, -1);
}

/** Adds one value, or one per place, to the diagonal, in place. */
export function addToDiagonal(m: DenseMatrix, value: number | ArrayLike<number>): DenseMatrix {
  for (let i = 0; i < m.rows; i++) {
    const at = i * m.cols + i;
    m.data[at] = (m.data[at] as number) + (typeof value === 'number' ? value : (value[i] as number));
  }
  return m;
}

/** Sum of squares of each row. */
export function squaredNorms(m: DenseMatrix): Float64Array {
  const out = new Float64Array(m.rows);
  for (let i = 0, at = 0; i < m.rows; i++) {
    let sum = 0;
    for (let j = 0; j < m.cols; j++, at++) sum += (m.data[at] as number) * (m.data[at] as number);
    out[i] = sum;
  }
  return out;
}
