import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CsrMatrix, DenseMatrix, toDense } from '../../../src/data/dataset.ts';
import { PyObject } from '../../../src/formats/pickle/nodes.ts';
import { readPickle } from '../../../src/formats/pickle/read-pickle.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import type { Estimator } from '../../../src/sklearn/base/estimator.ts';
import { ESTIMATORS } from '../../../src/sklearn/estimators.ts';

/** Where the committed models are, made by `test/sklearn/reference/make_other.py`. */
export const FOLDER = join(import.meta.dirname, '../../fixtures/sklearn/other');

/** A model's rows and the answers of scikit-learn. */
export interface Reference {
  readonly cls: string;
  readonly rtol: number;
  readonly input: readonly (readonly number[])[];
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Python's names of the methods that the files have answers of. */
export const METHODS = new Map([
  ['predict', 'predict'],
  ['predict_proba', 'predictProba'],
  ['predict_log_proba', 'predictLogProba'],
  ['decision_function', 'decisionFunction'],
  ['transform', 'transform'],
  ['score_samples', 'scoreSamples'],
] as const);

/** Names of the models. */
export const names = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.pkl'))
    .map((file) => file.slice(0, -4));

export const bytesOf = (name: string): Uint8Array => readFileSync(join(FOLDER, `${name}.pkl`));

export const referenceOf = (name: string): Reference =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Reference;

/** Builds the estimator in a pickle. */
export function estimatorIn(bytes: Uint8Array): Estimator {
  const { root } = readPickle(bytes);
  if (!(root instanceof PyObject)) throw new Error('the file holds no object');
  return new ConstructContext(ESTIMATORS).construct(root, { path: '', version: undefined });
}

export function matrix(rows: readonly (readonly number[])[]): DenseMatrix {
  return new DenseMatrix(rows.length, rows[0]?.length ?? 0, Float64Array.from(rows.flat()));
}

/** Whatever a method gave as nested arrays. */
export function plain(value: unknown): unknown {
  if (value instanceof DenseMatrix || value instanceof CsrMatrix) {
    const { rows, cols, data } = toDense(value);
    return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
  }
  if (Array.isArray(value)) return value.map(plain);
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}

const SPECIAL: Readonly<Record<string, number>> = {
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** The first difference of two nested values, or `undefined`. */
export function difference(got: unknown, want: unknown, rtol: number, path = ''): string | undefined {
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length) return `${path}: another shape`;
    for (const [i, value] of want.entries()) {
      const found = difference(got[i], value, rtol, `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const expected = want === null ? Number.NaN : typeof want === 'string' ? (SPECIAL[want] ?? want) : want;
  if (Object.is(got, expected) || got === expected) return undefined;
  if (typeof got !== 'number' || typeof expected !== 'number')
    return `${path}: got ${String(got)}, want ${String(want)}`;
  return Math.abs(got - expected) <= rtol * Math.max(1, Math.abs(expected))
    ? undefined
    : `${path}: got ${got}, want ${expected}`;
}
