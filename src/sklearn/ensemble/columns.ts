import { CsrMatrix, type Dataset, DenseMatrix, Frame, toDense } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';

/** The columns `features` of the input, in that order; the input itself where these are all of them in order. */
export function selectColumns(x: Dataset, features: Int32Array): Dataset {
  if (features.length === x.cols && features.every((feature, j) => feature === j)) return x;
  if (x.kind === 'csr') return selectSparse(x, features);
  if (x.kind === 'frame') {
    const numbers = new Float64Array(x.rows * features.length);
    for (const [j, feature] of features.entries()) numbers.set(x.numericColumn(feature), j * x.rows);
    const objects = Array.from(features, (feature) => x.objects[feature]);
    return new Frame({ rows: x.rows, cols: features.length, numbers, objects, names: undefined });
  }
  const out = new DenseMatrix(x.rows, features.length);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (const feature of features) out.data[at++] = x.data[i * x.cols + feature] as number;
  }
  return out;
}

function selectSparse(x: CsrMatrix, features: Int32Array): CsrMatrix {
  const targets = new Map<number, number[]>();
  for (const [j, feature] of features.entries()) targets.set(feature, [...(targets.get(feature) ?? []), j]);
  const indptr = new Int32Array(x.rows + 1);
  const indices: number[] = [];
  const data: number[] = [];
  for (let i = 0; i < x.rows; i++) {
    for (let k = x.indptr[i] as number; k < (x.indptr[i + 1] as number); k++) {
      for (const j of targets.get(x.indices[k] as number) ?? []) {
        indices.push(j);
        data.push(x.data[k] as number);
      }
    }
    indptr[i + 1] = indices.length;
  }
  const parts = { indptr, indices: Int32Array.from(indices), data: Float64Array.from(data) };
  return new CsrMatrix([x.rows, features.length], parts);
}

/** Matrices side by side; sparse if the last one is. */
export function stackColumns(rows: number, parts: readonly (DenseMatrix | CsrMatrix)[]): DenseMatrix | CsrMatrix {
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  if (parts.at(-1)?.kind === 'csr') return stackSparse(rows, cols, parts);
  const out = new DenseMatrix(rows, cols);
  let start = 0;
  for (const part of parts) {
    const { data } = toDense(part);
    for (let i = 0; i < rows; i++) {
      out.data.set(data.subarray(i * part.cols, (i + 1) * part.cols), i * cols + start);
    }
    start += part.cols;
  }
  return out;
}

function stackSparse(rows: number, cols: number, parts: readonly (DenseMatrix | CsrMatrix)[]): CsrMatrix {
  const indptr = new Int32Array(rows + 1);
  const indices: number[] = [];
  const data: number[] = [];
  for (let i = 0; i < rows; i++) {
    let start = 0;
    for (const part of parts) {
      const [from, to] =
        part.kind === 'csr'
          ? [part.indptr[i] as number, part.indptr[i + 1] as number]
          : [i * part.cols, (i + 1) * part.cols];
      for (let k = from; k < to; k++) {
        indices.push(start + (part.kind === 'csr' ? (part.indices[k] as number) : k - from));
        data.push(part.data[k] as number);
      }
      start += part.cols;
    }
    indptr[i + 1] = indices.length;
  }
  return new CsrMatrix([rows, cols], { indptr, indices: Int32Array.from(indices), data: Float64Array.from(data) });
}

/**
 * Refuses NaN and infinities, as scikit-learn's ensembles do before their members see the rows.
 *
 * @throws `ML_INPUT_MISSING_VALUE`, `ML_INPUT_DTYPE`
 */
export function requireFinite(x: Dataset, className: string): void {
  const values = x.kind === 'frame' ? x.numbers : x.data;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (Number.isFinite(value)) continue;
    if (x.kind === 'frame' && x.objects[Math.floor(at / x.rows)] !== undefined) continue;
    throw Number.isNaN(value)
      ? new InputError('ML_INPUT_MISSING_VALUE', `${className} takes no missing values`)
      : new InputError('ML_INPUT_DTYPE', `${className} takes no infinite values`);
  }
}
