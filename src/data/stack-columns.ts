import { CsrMatrix, type Dataset, DenseMatrix, Frame, toDense } from './dataset.ts';

/**
 * Datasets of the same rows side by side: a frame where one of them has text, else a dense matrix.
 *
 * @param rows for the case that there are none
 */
export function stackColumns(parts: readonly Dataset[], rows: number): DenseMatrix | Frame {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && first.kind !== 'csr' && !isNumericFrame(first)) return first;
  if (parts.some((part) => part.kind === 'frame' && !isNumericFrame(part))) return stackFrames(parts, rows);
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const out = new DenseMatrix(rows, cols);
  let offset = 0;
  for (const part of parts) {
    writeColumns(part, out, offset);
    offset += part.cols;
  }
  return out;
}

/** Datasets of numbers of the same rows side by side as a sparse matrix. */
export function stackSparse(parts: readonly Dataset[], rows: number): CsrMatrix {
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'csr') return first;
  const blocks = parts.map((part) => (part.kind === 'csr' ? part : toCsr(toDense(part))));
  const size = blocks.reduce((sum, block) => sum + (block.indptr[rows] as number), 0);
  const indptr = new Int32Array(rows + 1);
  const indices = new Int32Array(size);
  const data = new Float64Array(size);
  let to = 0;
  for (let i = 0; i < rows; i++) {
    let offset = 0;
    for (const block of blocks) {
      for (let at = block.indptr[i] as number; at < (block.indptr[i + 1] as number); at++) {
        indices[to] = (block.indices[at] as number) + offset;
        data[to++] = block.data[at] as number;
      }
      offset += block.cols;
    }
    indptr[i + 1] = to;
  }
  const cols = blocks.reduce((sum, block) => sum + block.cols, 0);
  return new CsrMatrix([rows, cols], { indptr, indices, data });
}

/** The values of a dense matrix that are not 0. */
export function toCsr(x: DenseMatrix): CsrMatrix {
  const { rows, cols, data } = x;
  let size = 0;
  for (const value of data) if (value !== 0) size += 1;
  const indptr = new Int32Array(rows + 1);
  const indices = new Int32Array(size);
  const values = new Float64Array(size);
  let to = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const value = data[i * cols + j] as number;
      if (value === 0) continue;
      indices[to] = j;
      values[to++] = value;
    }
    indptr[i + 1] = to;
  }
  return new CsrMatrix([rows, cols], { indptr, indices, data: values });
}

/** Writes a dataset of numbers into the columns of `out` that begin at `offset`, which hold zeros. */
function writeColumns(part: Dataset, out: DenseMatrix, offset: number): void {
  const { rows, cols } = part;
  const width = out.cols;
  const to = out.data;
  if (part.kind === 'csr') {
    for (let i = 0; i < rows; i++) {
      for (let at = part.indptr[i] as number; at < (part.indptr[i + 1] as number); at++) {
        const place = i * width + offset + (part.indices[at] as number);
        to[place] = (to[place] as number) + (part.data[at] as number);
      }
    }
    return;
  }
  const from = toDense(part).data;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) to[i * width + offset + j] = from[at++] as number;
  }
}

function isNumericFrame(part: Dataset): boolean {
  return part.kind === 'frame' && part.objects.every((column) => column === undefined);
}

function stackFrames(parts: readonly Dataset[], rows: number): Frame {
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const numbers = new Float64Array(rows * cols);
  const objects: (readonly unknown[] | undefined)[] = [];
  for (const part of parts) {
    if (part.kind === 'frame') {
      numbers.set(part.numbers, objects.length * rows);
      for (let j = 0; j < part.cols; j++) objects.push(part.objects[j]);
      continue;
    }
    const { data } = toDense(part);
    for (let j = 0; j < part.cols; j++) {
      for (let i = 0; i < rows; i++) numbers[objects.length * rows + i] = data[i * part.cols + j] as number;
      objects.push(undefined);
    }
  }
  return new Frame({ rows, cols, numbers, objects, names: undefined });
}
