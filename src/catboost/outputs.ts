import { DenseMatrix } from '../data/dataset.ts';
import type { Label, Prediction } from '../spec/model.ts';
import { fastExpInPlace } from './fast-exp.ts';
import type { Predictor } from './predictor.ts';

/**
 * Raw values as CatBoost gives them to callers: classes that training did not meet have minus infinity.
 *
 * Source: catboost/libs/eval_result/eval_helpers.cpp, `MakeExternalApprox`.
 */
export function externalRaw(raw: Float64Array, { info, dimensions }: Predictor): DenseMatrix {
  const { outputClasses, classes } = info;
  if (outputClasses === undefined || classes === undefined)
    return new DenseMatrix(raw.length / dimensions, dimensions, raw);
  const out = new DenseMatrix(raw.length / dimensions, classes.length);
  out.data.fill(-Infinity);
  for (let row = 0, at = 0; row < out.rows; row++) {
    for (let k = 0; k < dimensions; k++) out.data[row * out.cols + (outputClasses[k] as number)] = raw[at++] as number;
  }
  return out;
}

/** The label of every row: that of the largest value, the first of equals, or whether a single value is above the threshold. */
export function labels(raw: DenseMatrix, classes: readonly Label[], threshold: number): Prediction[] {
  const { data, rows, cols } = raw;
  const label = (index: number): Label => classes[index] ?? index;
  if (cols === 1) return Array.from(data, (value) => label(value > threshold ? 1 : 0));
  return Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let k = 1; k < cols; k++) if ((data[row * cols + k] as number) > (data[row * cols + best] as number)) best = k;
    return label(best);
  });
}

/** 1 / (1 + e^-x). */
export function sigmoid(raw: DenseMatrix): DenseMatrix {
  return new DenseMatrix(
    raw.rows,
    raw.cols,
    raw.data.map((value) => 1 / (1 + Math.exp(-value))),
  );
}

export function logSigmoid(raw: DenseMatrix): DenseMatrix {
  return new DenseMatrix(
    raw.rows,
    raw.cols,
    raw.data.map((value) => -Math.log(1 + Math.exp(-value))),
  );
}

/** Columns of the first and the second of two classes. */
export function twoColumns(raw: Float64Array, of: (value: number) => readonly [number, number]): DenseMatrix {
  const out = new DenseMatrix(raw.length, 2);
  for (const [row, value] of raw.entries()) [out.data[2 * row], out.data[2 * row + 1]] = of(value);
  return out;
}

/** Source: catboost/libs/model/eval_processing.h, `CalcSoftmax`. */
export function softmax(raw: DenseMatrix): DenseMatrix {
  return perRow(raw, (row) => {
    const { sum } = exponentials(row);
    for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
  });
}

/** Source: catboost/libs/model/eval_processing.h, `CalcLogSoftmax`. */
export function logSoftmax(raw: DenseMatrix): DenseMatrix {
  return perRow(raw, (row) => {
    const before = row.slice();
    const { sum, largest } = exponentials(row);
    const log = Math.log(sum);
    for (let k = 0; k < row.length; k++) row[k] = (before[k] as number) - largest - log;
  });
}

function exponentials(row: Float64Array): { readonly sum: number; readonly largest: number } {
  let largest = row[0] as number;
  for (const value of row) if (value > largest) largest = value;
  for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) - largest;
  fastExpInPlace(row);
  let sum = 0;
  for (const value of row) sum += value;
  return { sum, largest };
}

function perRow(raw: DenseMatrix, change: (row: Float64Array) => void): DenseMatrix {
  const out = new DenseMatrix(raw.rows, raw.cols, raw.data.slice());
  for (let row = 0; row < raw.rows; row++) change(out.data.subarray(row * raw.cols, (row + 1) * raw.cols));
  return out;
}
