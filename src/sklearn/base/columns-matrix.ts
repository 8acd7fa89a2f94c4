import { DenseMatrix } from '../../data/dataset.ts';

/** Columns of the same length as a matrix. */
export function matrixOfColumns(columns: readonly ArrayLike<number>[], rows: number): DenseMatrix {
  const out = new DenseMatrix(rows, columns.length);
  for (const [k, column] of columns.entries()) {
    for (let i = 0; i < rows; i++) out.data[i * columns.length + k] = column[i] as number;
  }
  return out;
}
