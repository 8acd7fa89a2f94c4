// References of make_text_svm_knn.py, whose rows may be text and records.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Dataset, Frame } from '../../../src/data/dataset.ts';
import { call, datasetOf, difference, type Input, readModel } from '../tree/reference.ts';

export const FOLDER: string = fileURLToPath(new URL('../../fixtures/sklearn/text-svm-knn/', import.meta.url));

interface RowsReference {
  readonly class: string;
  readonly input: readonly unknown[];
  readonly expected: Readonly<Record<string, readonly unknown[]>>;
  readonly raises?: readonly unknown[];
  readonly rtol?: number;
}

export function readRowsReference(name: string): RowsReference {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as RowsReference;
}

/** Rows that are not arrays of numbers become one column of values. */
export function rowsDataset(rows: readonly unknown[], className: string): Dataset {
  if (!className.includes('FeatureHasher') && rows.every(Array.isArray)) return datasetOf(rows as Input);
  return oneColumn(rows);
}

export function oneColumn(values: readonly unknown[]): Frame {
  const { length } = values;
  return new Frame({ rows: length, cols: 1, numbers: new Float64Array(length), objects: [values], names: undefined });
}

/** What differs from Python over all rows at once and row by row, and rows that Python refuses and this takes. */
export async function differencesOf(name: string): Promise<string[]> {
  const { class: className, input, expected, raises = [], rtol = 1e-12 } = readRowsReference(name);
  const model = await readModel(join(FOLDER, `${name}.pkl`));
  const found: (string | undefined)[] = [];
  for (const [method, want] of Object.entries(expected)) {
    found.push(difference(call(model, method, rowsDataset(input, className)), want, rtol, method));
    // Probabilities of several outputs are a list with a matrix per output.
    if (want.length !== input.length) continue;
    for (const [i, row] of input.entries())
      found.push(
        difference(call(model, method, rowsDataset([row], className)), [want[i]], rtol, `${method} of row ${i}`),
      );
  }
  const first = Object.keys(expected)[0] as string;
  for (const row of raises) {
    const code = codeOf(() => call(model, first, rowsDataset([row], className)));
    if (!code.startsWith('ML_INPUT_')) found.push(`${JSON.stringify(row)}: ${code}, Python refuses it`);
  }
  return found.filter((one) => one !== undefined);
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
