import type { TensorLike } from '../../spec/tensor.ts';

/**
 * The zero of the 8-bit weights. They are unsigned, as the activations are: kernels for unsigned times signed add two
 * products in 16 bits on processors without VNNI and saturate, so that the answer would depend on the machine.
 */
export const WEIGHT_ZERO = 128;

/** A weight in 8 bits: `value = (stored - 128) * scale` with the scale of its column (or row). */
export interface Int8Weight {
  /** As the weight's, `uint8`. */
  readonly values: TensorLike;
  /** float32, one per column (or row). */
  readonly scales: TensorLike;
}

/**
 * A matrix `[rows, columns]` with a scale for each column, symmetric about zero, as `quantize_dynamic` of
 * onnxruntime does with `per_channel`.
 *
 * @param factor every element is multiplied by it first
 * @returns `undefined` where an element is not finite
 */
export function quantizeColumns(matrix: TensorLike, factor = 1): Int8Weight | undefined {
  const [rows = 0, columns = 0] = matrix.shape;
  return quantize(matrix, { lines: columns, lineOf: (i) => i % columns, factor, shape: [rows, columns] });
}

/** A table whose first axis is looked up, with a scale for each entry. */
export function quantizeEntries(table: TensorLike): Int8Weight | undefined {
  const [entries = 0] = table.shape;
  const width = table.data.length / entries;
  return quantize(table, { lines: entries, lineOf: (i) => Math.floor(i / width), factor: 1, shape: table.shape });
}

interface Lines {
  readonly lines: number;
  readonly lineOf: (index: number) => number;
  readonly factor: number;
  readonly shape: readonly number[];
}

function quantize({ data }: TensorLike, { lines, lineOf, factor, shape }: Lines): Int8Weight | undefined {
  const given = data as Float32Array;
  const largest = new Float32Array(lines);
  for (let i = 0; i < given.length; i++) {
    const value = Math.abs((given[i] as number) * factor);
    if (!Number.isFinite(value)) return undefined;
    const line = lineOf(i);
    if (value > (largest[line] as number)) largest[line] = value;
  }
  // A line of zeros has any scale.
  const scales = largest.map((value) => (value === 0 ? 1 : value / 127));
  const values = new Uint8Array(given.length);
  for (let i = 0; i < given.length; i++) {
    const scaled = ((given[i] as number) * factor) / (scales[lineOf(i)] as number);
    values[i] = WEIGHT_ZERO + Math.max(-127, Math.min(127, Math.round(scaled)));
  }
  return {
    values: { data: values, shape, dtype: 'uint8' },
    scales: { data: scales, shape: [lines], dtype: 'float32' },
  };
}

/** A matrix with its axes exchanged. */
export function transposed({ data, shape, dtype }: TensorLike): TensorLike {
  const [rows = 0, columns = 0] = shape;
  const given = data as Float32Array;
  const turned = new Float32Array(given.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = given[i * columns + j] as number;
  return { data: turned, shape: [columns, rows], dtype };
}
