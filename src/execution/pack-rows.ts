import type { TensorLike } from '../spec/tensor.ts';

/** Below this many rows, copying them as they are is as quick. */
const MIN_ROWS = 8;

/**
 * Lists of numbers, all of one length, as one matrix: it crosses to a worker many times faster than the lists. The same
 * input where that is not what it is.
 */
export function packRows(input: unknown): unknown {
  if (!Array.isArray(input) || input.length < MIN_ROWS) return input;
  const rows = input as readonly unknown[];
  const [first] = rows;
  if (!isNumberList(first)) return input;
  const width = first.length;
  const data = new Float64Array(rows.length * width);
  let at = 0;
  for (const row of rows) {
    if (!isNumberList(row) || row.length !== width) return input;
    for (let j = 0; j < width; j++) {
      const value: unknown = row[j];
      if (typeof value !== 'number') return input;
      data[at++] = value;
    }
  }
  const packed: TensorLike = { data, shape: [rows.length, width], dtype: 'float64' };
  return packed;
}

function isNumberList(row: unknown): row is ArrayLike<unknown> {
  return Array.isArray(row) || row instanceof Float64Array || row instanceof Float32Array;
}
