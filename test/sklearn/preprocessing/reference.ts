import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPythonFile } from '../../../src/formats/joblib/read-python-file.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import { estimatorModel } from '../../../src/sklearn/base/estimator-model.ts';
import { ESTIMATORS } from '../../../src/sklearn/estimators.ts';
import { PyObject } from '../../../src/formats/pickle/nodes.ts';
import type { LoadedModel } from '../../../src/spec/model-loader.ts';
import type { Rows } from '../../../src/spec/rows.ts';

/** Small models that test/sklearn/reference/make_preprocessing.py fitted with scikit-learn. */
export const REFERENCE_DIR: string = join(import.meta.dirname, '../../fixtures/sklearn/preprocessing');

type Input = unknown[] | { readonly columns: string[]; readonly dtypes: string[]; readonly data: unknown[][] };

/** What Python said about a model. */
export interface Reference {
  readonly input: Input;
  readonly expected: Readonly<Record<string, unknown[]>>;
  readonly inverse?: { readonly input: unknown[]; readonly output: unknown[] };
  readonly raises?: readonly { readonly input: Input; readonly error: string }[];
}

export const REFERENCES: readonly string[] = readdirSync(REFERENCE_DIR)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

export function reference(name: string): Reference {
  return JSON.parse(readFileSync(join(REFERENCE_DIR, `${name}.json`), 'utf8')) as Reference;
}

/** The model of a reference, without the service around it. */
export function model(name: string): Promise<LoadedModel> {
  return modelAt(join(REFERENCE_DIR, `${name}.pkl`));
}

export async function modelAt(path: string): Promise<LoadedModel> {
  const file = await readPythonFile(readFileSync(path));
  if (!(file.root instanceof PyObject)) throw new Error(`${path} is no object`);
  const estimator = new ConstructContext(ESTIMATORS).construct(file.root, { path: '', version: undefined });
  return estimatorModel(estimator, { metadata: undefined, extraFeatures: 'ignore', warn() {} });
}

/** Rows as a caller writes them: records for frames, arrays otherwise; null for missing values. */
export function rowsOf(input: Input): Rows {
  if (Array.isArray(input)) return input.map((row) => (Array.isArray(row) ? row.map(special) : row)) as Rows;
  return input.data.map((row) => Object.fromEntries(input.columns.map((name, j) => [name, row[j]]))) as Rows;
}

function special(value: unknown): unknown {
  return value === 'Infinity' ? Number.POSITIVE_INFINITY : value === '-Infinity' ? Number.NEGATIVE_INFINITY : value;
}

/** A result as nested arrays, NaN as null and flags as numbers, as the references have them. */
export function plain(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return null;
    return Number.isFinite(value) ? value : String(value);
  }
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, plain);
  const { data, shape } = value as { data: ArrayLike<unknown>; shape: number[] };
  const flat = Array.from(data, plain);
  const [rows = 0, cols] = shape;
  return cols === undefined ? flat : Array.from({ length: rows }, (_, i) => flat.slice(i * cols, (i + 1) * cols));
}

/** The first place where a result is not what Python gave, to 1e-12; `undefined` where there is none. */
export function difference(got: unknown, want: unknown, path = '', rtol = 1e-12): string | undefined {
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length)
      return `${path}: ${JSON.stringify(got)} for ${JSON.stringify(want)}`;
    for (const [i, item] of want.entries()) {
      const found = difference(got[i], item, `${path}[${i}]`, rtol);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof want === 'boolean') return difference(got, Number(want), path, rtol);
  const same =
    typeof want === 'number' && typeof got === 'number'
      ? Math.abs(got - want) <= rtol * Math.max(1, Math.abs(want))
      : got === want;
  return same ? undefined : `${path}: ${JSON.stringify(got)} for ${JSON.stringify(want)}`;
}
