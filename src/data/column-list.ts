import { type Dataset, DenseMatrix, Frame, toDense } from './dataset.ts';

/** One column of a dataset: numbers (NaN is missing), or mixed values with `null` for missing. */
export type Column = Float64Array | readonly unknown[];

/** The columns of a dataset, for what treats each by itself. */
export function columnList(x: Dataset): Column[] {
  if (x.kind === 'frame') return Array.from({ length: x.cols }, (_, j) => x.objects[j] ?? x.numericColumn(j));
  const { data, cols, rows } = toDense(x);
  return Array.from({ length: cols }, (_, j) => {
    if (cols === 1) return data;
    const column = new Float64Array(rows);
    for (let i = 0, at = j; i < rows; i++, at += cols) column[i] = data[at] as number;
    return column;
  });
}

/** Columns put together: a dense matrix where all are numbers, else a frame. */
export function fromColumnList(columns: readonly Column[], rows: number): DenseMatrix | Frame {
  const cols = columns.length;
  if (columns.every((column) => column instanceof Float64Array)) {
    const out = new DenseMatrix(rows, cols);
    for (let j = 0; j < cols; j++) {
      const column = columns[j] as Float64Array;
      for (let i = 0, at = j; i < rows; i++, at += cols) out.data[at] = column[i] as number;
    }
    return out;
  }
  const numbers = new Float64Array(rows * cols);
  const objects = columns.map((column, j) => {
    if (!(column instanceof Float64Array)) return column;
    numbers.set(column, j * rows);
    return undefined;
  });
  return new Frame({ rows, cols, numbers, objects, names: undefined });
}
