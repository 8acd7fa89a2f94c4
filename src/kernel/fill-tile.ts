import type { CsrMatrix, DenseMatrix } from '../data/dataset.ts';
import { LANES } from './layout.ts';

type Values = Float32Array | Float64Array;

/** What the values of a tile are, after rounding; combined by `|`. */
export const HAS_NAN = 1;
export const HAS_INFINITY = 2;

/** Copies one row in order, rounding to the type of `to`. Gives what is in it. */
export function fillRow(x: DenseMatrix | CsrMatrix, row: number, to: Values): number {
  if (x.kind === 'csr') {
    to.fill(0, 0, x.cols);
    return fillSparse(x, row, to, { base: 0, stride: 1 });
  }
  const { cols, data } = x;
  const start = row * cols;
  // Infinity minus itself is NaN, and NaN stays: the sum is 0 where all values are finite.
  let check = 0;
  for (let j = 0; j < cols; j++) {
    to[j] = data[start + j] as number;
    const rounded = to[j] as number;
    check += rounded - rounded;
  }
  return check === 0 ? 0 : classify(to, cols);
}

/** Copies `count` rows from `start` in blocks of eight, feature by feature. Gives what is in them. */
export function fillBlocks(
  x: DenseMatrix | CsrMatrix,
  range: { readonly start: number; readonly count: number },
  to: Values,
): number {
  const { start, count } = range;
  const blockLength = x.cols * LANES;
  const blocks = Math.ceil(count / LANES);
  // Lanes without a row walk too; what they find is not read.
  if (x.kind === 'csr' || count % LANES !== 0) to.fill(0, 0, blocks * blockLength);
  let found = 0;
  for (let i = 0; i < count; i++) {
    const base = (i >> 3) * blockLength + (i & 7);
    if (x.kind === 'csr') found |= fillSparse(x, start + i, to, { base, stride: LANES });
  }
  if (x.kind === 'csr') return found;
  const { cols, data } = x;
  let check = 0;
  for (let i = 0, from = start * cols; i < count; i++) {
    for (let j = 0, at = (i >> 3) * blockLength + (i & 7); j < cols; j++, at += LANES) {
      to[at] = data[from++] as number;
      const rounded = to[at] as number;
      check += rounded - rounded;
    }
  }
  return check === 0 ? 0 : classify(to, blocks * blockLength);
}

function fillSparse(
  x: CsrMatrix,
  row: number,
  to: Values,
  place: { readonly base: number; readonly stride: number },
): number {
  const end = x.indptr[row + 1] as number;
  let check = 0;
  for (let k = x.indptr[row] as number; k < end; k++) {
    const at = place.base + (x.indices[k] as number) * place.stride;
    // Duplicate entries add up, as in scipy.
    to[at] = (to[at] as number) + (x.data[k] as number);
    const rounded = to[at];
    check += rounded - rounded;
  }
  return check === 0 ? 0 : HAS_NAN | HAS_INFINITY;
}

/** Rounds values to float32 in place, where a float64 layout holds a forest of float32 inputs. */
export function roundToFloat32(values: Values, length: number): number {
  for (let at = 0; at < length; at++) values[at] = Math.fround(values[at] as number);
  return classify(values, length);
}

function classify(values: Values, length: number): number {
  let found = 0;
  for (let at = 0; at < length; at++) {
    const value = values[at] as number;
    if (Number.isNaN(value)) found |= HAS_NAN;
    else if (value === Infinity || value === -Infinity) found |= HAS_INFINITY;
  }
  return found;
}
