import { CsrMatrix, type Dataset, DenseMatrix, Frame } from './dataset.ts';

/** Some columns of a dataset, in the given order. A frame without text among them becomes a dense matrix. */
export function selectColumns(x: Dataset, columns: ArrayLike<number>): Dataset {
  if (x.kind === 'dense') return selectDense(x, columns);
  return x.kind === 'csr' ? selectCsr(x, columns) : selectFrame(x, columns);
}

function selectDense(x: DenseMatrix, columns: ArrayLike<number>): DenseMatrix {
  const width = columns.length;
  const out = new DenseMatrix(x.rows, width);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let k = 0; k < width; k++) out.data[at++] = x.data[i * x.cols + (columns[k] as number)] as number;
  }
  return out;
}

function selectFrame(x: Frame, columns: ArrayLike<number>): Dataset {
  const { rows } = x;
  const width = columns.length;
  let text = false;
  for (let k = 0; k < width && !text; k++) text = x.objects[columns[k] as number] !== undefined;
  if (!text) {
    const out = new DenseMatrix(rows, width);
    for (let k = 0; k < width; k++) {
      const start = (columns[k] as number) * rows;
      for (let i = 0; i < rows; i++) out.data[i * width + k] = x.numbers[start + i] as number;
    }
    return out;
  }
  const numbers = new Float64Array(rows * width);
  const objects: (readonly unknown[] | undefined)[] = [];
  const names: string[] = [];
  for (let k = 0; k < width; k++) {
    const j = columns[k] as number;
    const values = x.objects[j];
    objects.push(values);
    if (values === undefined) for (let i = 0; i < rows; i++) numbers[k * rows + i] = x.numbers[j * rows + i] as number;
    const name = x.names?.[j];
    if (name !== undefined) names.push(name);
  }
  return new Frame({ rows, cols: width, numbers, objects, names: x.names === undefined ? undefined : names });
}

function selectCsr(x: CsrMatrix, columns: ArrayLike<number>): CsrMatrix {
  // A column may be asked for more than once.
  const places: number[][] = Array.from({ length: x.cols }, () => []);
  for (let k = 0; k < columns.length; k++) places[columns[k] as number]?.push(k);
  const indptr = new Int32Array(x.rows + 1);
  const indices: number[] = [];
  const data: number[] = [];
  for (let i = 0; i < x.rows; i++) {
    for (let at = x.indptr[i] as number; at < (x.indptr[i + 1] as number); at++) {
      for (const k of places[x.indices[at] as number] ?? []) {
        indices.push(k);
        data.push(x.data[at] as number);
      }
    }
    indptr[i + 1] = indices.length;
  }
  return new CsrMatrix([x.rows, columns.length], {
    indptr,
    indices: Int32Array.from(indices),
    data: Float64Array.from(data),
  });
}
