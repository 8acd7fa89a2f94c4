import { type Comparison, distance, mismatch, numberOf, sameLabel, TOLERANCE } from './compare-answers.ts';
import type { OutputValues } from './graph-run.ts';

/** What the original says of one input, of one of its outputs. */
export interface ExpectedTensor {
  readonly output: string;
  /** Element type, e.g. `float32`. */
  readonly type: string;
  readonly dims: readonly number[];
  /** Number of the blob with its elements as float64. */
  readonly blob?: number;
  /** Texts, or whole numbers beyond 2^53: all equal. */
  readonly labels?: readonly string[];
}

/** The original's answers by case. */
export interface ExpectedCases {
  readonly cases: readonly (readonly ExpectedTensor[])[];
  /** The first is number 1. */
  readonly blobs: readonly Uint8Array[];
}

/**
 * Compares every output of every case: names, types, shapes, and each element; floats within `TOLERANCE`, all else
 * exactly.
 *
 * @throws `ML_SIDECAR_MISMATCH` with the first case that differs, and in it the worst element
 */
export function compareCases(
  { cases, blobs }: ExpectedCases,
  answers: readonly (readonly OutputValues[])[],
): Comparison {
  if (cases.length === 0) throw mismatch('there is no input to compare', {});
  let worst = 0;
  for (const [i, expected] of cases.entries()) {
    for (const tensor of expected)
      worst = Math.max(worst, compare(tensor, blobs, { answers: answers[i] ?? [], at: i }));
  }
  const names = (cases[0] ?? []).map(({ output, type }) => [output, type]);
  return { rows: cases.length, worst, outputs: Object.fromEntries(names) };
}

interface Answered {
  readonly answers: readonly OutputValues[];
  readonly at: number;
}

function compare(expected: ExpectedTensor, blobs: readonly Uint8Array[], { answers, at }: Answered): number {
  const { output, type, dims, labels } = expected;
  const found = answers.find((answer) => answer.output === output);
  if (found?.type !== type || String(found.shape) !== String(dims)) {
    const got = found === undefined ? 'absent' : `${found.type} [${found.shape.join(', ')}]`;
    throw mismatch(`${output} of input ${at} is ${got} where Python gives ${type} [${dims.join(', ')}]`, {
      output,
      at,
    });
  }
  const numbers = labels === undefined ? float64(blobs[(expected.blob ?? 0) - 1]) : [];
  const size = labels?.length ?? numbers.length;
  if (found.values.length !== size)
    throw mismatch(`${output} of input ${at} has ${found.values.length} elements`, { output, at });
  let worst = { error: 0, place: 0 };
  for (const [place, value] of found.values.entries()) {
    const error =
      labels === undefined
        ? elementError(type, value, numbers[place] ?? Number.NaN)
        : sameLabel(value, labels[place] ?? '')
          ? 0
          : Number.POSITIVE_INFINITY;
    if (error > worst.error) worst = { error, place };
  }
  if (worst.error <= TOLERANCE) return worst.error;
  const { place, error } = worst;
  const right = labels?.[place] ?? numbers[place];
  throw mismatch(
    `element ${place} of ${output}, input ${at}, is ${right} in Python and ${found.values[place]} in the converted graph`,
    { output, at, element: place, expected: right, got: found.values[place], error },
  );
}

function elementError(type: string, value: string, want: number): number {
  const got = type === 'bool' ? Number(value === 'true' || value === '1') : numberOf(value);
  if (type.startsWith('float')) return distance(got, want);
  return got === want ? 0 : Number.POSITIVE_INFINITY;
}

function float64(bytes: Uint8Array | undefined): Float64Array {
  // A copy: a view of numbers must begin at a multiple of their size.
  return new Float64Array((bytes?.slice() ?? new Uint8Array(0)).buffer);
}
