import { DenseMatrix } from '../../data/dataset.ts';
import { panelsOfColumns, panelsOfRows } from '../../kernel/panels.ts';
import { isLarge, tiledMatrix } from '../../kernel/tiled-matrix.ts';

/** `a · b`, summed in float64 in the order of the inner dimension. */
export function times(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const { rows, cols: inner } = a;
  const { cols } = b;
  const tiled = isLarge(rows, { cols, inner }) ? tiledMatrix('products', a, panelsOfColumns(b)) : undefined;
  if (tiled !== undefined) return tiled;
  if (cols === 1) return new DenseMatrix(rows, 1, timesVector(a, b.data));
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

/** Four rows at once, so that their sums do not wait for each other. */
function timesVector({ rows, cols, data }: DenseMatrix, vector: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0, at = row * cols; k < cols; k++, at++) {
      const factor = vector[k] as number;
      s0 += (data[at] as number) * factor;
      s1 += (data[at + cols] as number) * factor;
      s2 += (data[at + 2 * cols] as number) * factor;
      s3 += (data[at + 3 * cols] as number) * factor;
    }
    out[row] = s0;
    out[row + 1] = s1;
    out[row + 2] = s2;
    out[row + 3] = s3;
  }
  for (; row < rows; row++) {
    let sum = 0;
    for (let k = 0, at = row * cols; k < cols; k++, at++) sum += (data[at] as number) * (vector[k] as number);
    out[row] = sum;
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
