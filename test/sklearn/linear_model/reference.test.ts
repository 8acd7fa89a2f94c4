import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/index.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/sklearn/linear', import.meta.url));
const VERSIONS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.pkl'))
  .map((file) => file.slice('linear-'.length, -'.pkl'.length));

interface Reference {
  readonly rows: number[][];
  readonly raises: (number | string)[][];
  readonly expected: Readonly<Record<string, Readonly<Record<Method, unknown>>>>;
}

type Method = 'predict' | 'predictProba' | 'predictLogProba' | 'decisionFunction';

const numberOf = (value: unknown): unknown =>
  value === 'nan' ? Number.NaN : value === 'inf' ? Infinity : value === '-inf' ? -Infinity : value;

/** Every difference beyond 1e-12 of the row's largest value, as text. */
function differences(got: unknown, expected: unknown, path = ''): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return [`${path}: not ${expected.length} values`];
    return expected.flatMap((item, i) => differences(got[i], item, `${path}[${i}]`));
  }
  const value = numberOf(expected);
  if (Object.is(got, value) || got === value) return [];
  const close =
    typeof got === 'number' && typeof value === 'number' && Math.abs(got - value) <= 1e-12 * (1 + Math.abs(value));
  return close ? [] : [`${path}: ${String(got)}, Python ${String(value)}`];
}

describe.each(VERSIONS)('linear models of scikit-learn %s', (version) => {
  const reference = JSON.parse(readFileSync(join(FOLDER, `linear-${version}.json`), 'utf8')) as Reference;

  it.each(Object.keys(reference.expected))('%s says what Python says', async (name) => {
    const file = await loadModel(join(FOLDER, `linear-${version}.pkl`));
    const model = file.part(name);
    const found: string[] = [];
    for (const [method, expected] of Object.entries(reference.expected[name] ?? {})) {
      const result = await model[method as Method](reference.rows);
      found.push(...differences(Array.isArray(result) ? result : result.toArray(), expected, method));
    }
    expect(found).toEqual([]);
    await file.dispose();
  });

  it('refuses what is not finite, as Python does', async () => {
    const file = await loadModel(join(FOLDER, `linear-${version}.pkl`));
    for (const name of file.parts) {
      const codes = await Promise.all(
        reference.raises.map((row) =>
          file
            .part(name)
            .predict([row.map((value) => Number(numberOf(value)))])
            .then(
              () => `${name} answered`,
              (error: unknown) => (error as { code: string }).code,
            ),
        ),
      );
      expect(codes).toEqual(['ML_INPUT_MISSING_VALUE', 'ML_INPUT_DTYPE', 'ML_INPUT_DTYPE']);
    }
  });
});
