// Reads a model that Python wrote and compares what it says with what Python said.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Dataset, DenseMatrix, Frame, toDense } from '../../../src/data/dataset.ts';
import { readPythonFile } from '../../../src/formats/joblib/read-python-file.ts';
import { PyObject } from '../../../src/formats/pickle/nodes.ts';
import { ConstructContext } from '../../../src/sklearn/base/construct.ts';
import type { Estimator, EstimatorConstructor } from '../../../src/sklearn/base/estimator.ts';
import { ENSEMBLE } from '../../../src/sklearn/ensemble/table.ts';
import { ESTIMATORS } from '../../../src/sklearn/estimators.ts';
import { TREE } from '../../../src/sklearn/tree/table.ts';

const TABLE = new Map<string, EstimatorConstructor>([...ESTIMATORS, ...TREE, ...ENSEMBLE]);

export const TREES: string = fileURLToPath(new URL('../../fixtures/sklearn/trees/', import.meta.url));

type Cell = string | number | boolean | null;
export type Input = readonly Cell[][] | { readonly columns: readonly string[]; readonly data: readonly Cell[][] };

/** What stands beside a model. NaN and infinities are text; in older fixtures null is NaN. */
export interface Reference {
  readonly class?: string;
  readonly cls?: string;
  readonly input: Input;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly raises?: readonly (readonly Cell[])[];
  readonly rtol?: number;
}

export function readReference(file: string): Reference {
  return JSON.parse(readFileSync(file, 'utf8')) as Reference;
}

/** Names of the references in a folder. */
export function referencesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.startsWith('_'))
    .map((file) => file.slice(0, -5));
}

export async function readModel(file: string): Promise<Estimator> {
  const { root } = await readPythonFile(new Uint8Array(readFileSync(file)));
  if (!(root instanceof PyObject)) throw new Error(`${file} holds no estimator`);
  return new ConstructContext(TABLE).construct(root, { path: '', version: undefined });
}

const SPECIAL: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  [null, Number.NaN],
]);

const numberOf = (value: unknown): unknown =>
  SPECIAL.get(value) ?? (typeof value === 'boolean' ? Number(value) : value);
const isText = (cell: Cell | undefined): boolean => typeof cell === 'string' && !SPECIAL.has(cell);

/** Rows as a caller's become: a matrix, or a frame where a column has text. */
export function datasetOf(input: Input, pick?: readonly number[]): Dataset {
  const all = 'data' in input ? input.data : input;
  const rows = pick === undefined ? all : pick.map((i) => all[i] as Cell[]);
  const cols = all[0]?.length ?? 0;
  const numbers = new Float64Array(rows.length * cols);
  const objects = Array.from({ length: cols }, (_, j) => {
    if (all.some((row) => isText(row[j]))) return rows.map((row) => (SPECIAL.has(row[j]) ? null : row[j]));
    for (const [i, row] of rows.entries()) numbers[j * rows.length + i] = Number(numberOf(row[j]));
    return undefined;
  });
  const frame = new Frame({ rows: rows.length, cols, numbers, objects, names: undefined });
  return objects.some((column) => column !== undefined) ? frame : toDense(frame);
}

const METHODS = new Map<string, keyof Estimator>([
  ['predict', 'predict'],
  ['predict_proba', 'predictProba'],
  ['predict_log_proba', 'predictLogProba'],
  ['decision_function', 'decisionFunction'],
  ['transform', 'transform'],
  ['score_samples', 'scoreSamples'],
  ['apply', 'apply'],
]);

/** The result of a method by its name in Python, as nested arrays. */
export function call(model: Estimator, name: string, x: Dataset): unknown {
  const method = model[METHODS.get(name) as 'predict'];
  if (method === undefined) throw new Error(`${model.className} has no ${name}`);
  return nested(method.call(model, x));
}

function nested(value: unknown): unknown {
  if (value instanceof DenseMatrix) {
    const { rows, cols, data } = value;
    return Array.from({ length: rows }, (_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);
  }
  if (typeof value === 'object' && value !== null && 'kind' in value) return nested(toDense(value as Dataset));
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)];
  return Array.isArray(value) ? value.map(nested) : value;
}

/** The first difference, or undefined. Labels must be equal, numbers within `rtol`. */
export function difference(got: unknown, want: unknown, rtol: number, path = ''): string | undefined {
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length) return `${path}: not ${want.length} values`;
    for (const [i, one] of want.entries()) {
      const found = difference(got[i], one, rtol, `${path}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const [a, b] = [numberOf(got), numberOf(want)];
  if (Object.is(a, b) || a === b) return undefined;
  const close = typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= rtol * Math.max(1, Math.abs(b));
  return close ? undefined : `${path}: ${String(got)}, Python has ${String(want)}`;
}

/** All that differs from Python, over all rows at once and, where `alone`, over every row by itself. */
export function differences(model: Estimator, reference: Reference, alone: boolean): string[] {
  const found: (string | undefined)[] = [];
  const rtol = reference.rtol ?? 1e-12;
  const { input } = reference;
  const count = 'data' in input ? input.data.length : input.length;
  const single = alone ? Array.from({ length: count }, (_, i) => i) : [];
  for (const [name, want] of Object.entries(reference.expected)) {
    if (!METHODS.has(name)) continue;
    found.push(difference(call(model, name, datasetOf(input)), want, rtol, name));
    for (const i of single) {
      found.push(
        difference(call(model, name, datasetOf(input, [i])), rowOf(want, i, count), rtol, `${name} of row ${i}`),
      );
    }
  }
  return found.filter((one) => one !== undefined);
}

/** What is expected of one row; probabilities of several outputs are a list of matrices. */
function rowOf(want: unknown, i: number, count: number): unknown {
  const rows = want as readonly unknown[];
  const perOutput = rows.every((one) => Array.isArray(one) && one.length === count && Array.isArray(one[0]));
  return perOutput ? rows.map((one) => [(one as unknown[])[i]]) : [rows[i]];
}
