import { SidecarError } from '../errors/sidecar-error.ts';
import type { OutputValues } from './graph-run.ts';

/** What the original says of every row, in the order of the graph's outputs. */
export interface ExpectedOutput {
  readonly output: string;
  readonly method: string;
  readonly shape: readonly number[];
  /** Numbers as text: all equal but for `TOLERANCE`. */
  readonly numbers?: readonly string[];
  /** Labels as text: all equal. */
  readonly labels?: readonly string[];
}

/** The graph's outputs for all rows at once, and for the first rows one by one. */
export interface GraphAnswers {
  readonly all: readonly OutputValues[];
  readonly single: readonly (readonly OutputValues[])[];
}

/** How near the graph is to the original. */
export interface Comparison {
  /** Rows, or inputs of a network, that both answered. */
  readonly rows: number;
  /** Worst difference of a number, relative where the number is above one. */
  readonly worst: number;
  /** What each output is in Python, by its name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A network in float32 keeps this; relative above one, absolute below. */
export const TOLERANCE = 1e-5;

/**
 * Compares every answer of the graph with the original's, for all rows at once and for single ones.
 *
 * @throws `ML_SIDECAR_MISMATCH` with the worst row
 */
export function compareAnswers(expected: readonly ExpectedOutput[], answers: GraphAnswers): Comparison {
  const rows = expected[0]?.shape[0] ?? 0;
  if (rows === 0) throw mismatch('there is no row to compare', {});
  let worst = 0;
  for (const output of expected) {
    worst = Math.max(worst, compare(output, answers.all, [0, rows]));
    for (const [row, single] of answers.single.entries()) worst = Math.max(worst, compare(output, single, [row, 1]));
  }
  return { rows, worst, outputs: Object.fromEntries(expected.map(({ output, method }) => [output, method])) };
}

/** @param range the row of what is expected with which the answers begin, and how many they must be */
function compare(
  expected: ExpectedOutput,
  answers: readonly OutputValues[],
  [firstRow, rows]: readonly [number, number],
): number {
  const { output, labels, numbers, shape, method } = expected;
  const found = answers.find((answer) => answer.output === output);
  const [all = 0] = shape;
  const known = labels ?? numbers ?? [];
  const width = known.length / all;
  const fits = found?.values.length === rows * width && (found.shape[0] ?? 1) === rows && firstRow + rows <= all;
  if (found === undefined || !fits) {
    throw mismatch(
      `output "${output}" has the shape [${found?.shape.join(', ') ?? 'absent'}] where ${method} gives [${shape.join(', ')}]`,
      { output },
    );
  }
  let worst = { error: 0, at: 0 };
  for (const [i, value] of found.values.entries()) {
    const right = known[firstRow * width + i] as string;
    const error =
      labels === undefined
        ? distance(numberOf(value), numberOf(right))
        : sameLabel(value, right)
          ? 0
          : Number.POSITIVE_INFINITY;
    if (error > worst.error) worst = { error, at: i };
  }
  if (worst.error <= TOLERANCE) return worst.error;
  const row = firstRow + Math.floor(worst.at / width);
  const got = found.values[worst.at];
  const right = known[firstRow * width + worst.at];
  throw mismatch(`${method} of row ${row} is ${right} in Python and ${got} in the converted graph`, {
    output,
    method,
    row,
    column: worst.at % width,
    expected: right,
    got,
    error: worst.error,
  });
}

/** Whole numbers may come as floats of the same value. */
export function sameLabel(value: string, right: string): boolean {
  return value === right || (right !== '' && value !== '' && Number(value) === Number(right));
}

/** How far a number is off, relative above one; infinite where only one of both is no number. */
export function distance(got: number, want: number): number {
  if (Object.is(got, want) || got === want || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  const error = Math.abs(got - want) / Math.max(1, Math.abs(want));
  return Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
}

/** Python writes `inf` and `nan`, JavaScript `Infinity` and `NaN`. */
export function numberOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  return text === 'nan' ? Number.NaN : Number(text);
}

/** The error for an answer that is not the original's. */
export function mismatch(what: string, details: Readonly<Record<string, unknown>>): SidecarError {
  return new SidecarError('ML_SIDECAR_MISMATCH', `the conversion is wrong and was refused: ${what}`, { details });
}
