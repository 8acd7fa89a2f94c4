import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { loadModel } from '../../src/index.ts';
import type { Row } from '../../src/spec/rows.ts';

type Values = number | null | string | readonly Values[];
interface Fixture {
  readonly input:
    | readonly (readonly Values[])[]
    | { readonly columns: readonly string[]; readonly data: readonly (readonly Values[])[] };
  readonly expected: { readonly predict: readonly Values[]; readonly predict_proba?: readonly Values[] };
  readonly margin?: readonly Values[];
  readonly raw?: readonly Values[];
  readonly leaves?: readonly Values[];
  readonly rtol?: number;
}

/** What a file is held to. */
export interface Tolerances {
  /** Where the fixture has none of its own; |a - b| <= rtol * max(1, |b|). */
  readonly rtol: number;
  /** The same for margins and raw scores. */
  readonly scores: number;
}

/** Compares a model file with what Python answered, which stands beside it as JSON. */
export async function checkPythonModel(path: string, tolerances: Tolerances): Promise<void> {
  const fixture = JSON.parse(readFileSync(path.replace(/(\.(?:xgb|cat))?\.\w+$/, '.json'), 'utf8')) as Fixture;
  const rows = rowsOf(fixture);
  const rtol = fixture.rtol ?? tolerances.rtol;
  const model = await loadModel(path);
  compare(await model.predict(rows), fixture.expected.predict, rtol);
  if (fixture.expected.predict_proba !== undefined) {
    compare((await model.predictProba(rows)).toArray(), fixture.expected.predict_proba, rtol);
  }
  const scores = fixture.margin ?? fixture.raw;
  if (scores !== undefined) compare((await model.decisionFunction(rows)).toArray(), scores, tolerances.scores);
  if (fixture.leaves !== undefined) compare((await model.apply(rows)).toArray(), fixture.leaves, 0);
  await model.dispose();
}

function rowsOf({ input }: Fixture): Row[] {
  const value = (v: Values): number | string => (v === null ? Number.NaN : (v as number | string));
  if (!('columns' in input)) return input.map((row) => row.map(value));
  return input.data.map((row) => Object.fromEntries(input.columns.map((name, j) => [name, value(row[j] as Values)])));
}

function flat(values: unknown): (number | string)[] {
  return [values].flat(Infinity) as (number | string)[];
}

function compare(got: unknown, want: unknown, rtol: number): void {
  const [a, b] = [flat(got), flat(want)];
  expect(a.length).toBe(b.length);
  for (const [i, value] of b.entries()) {
    if (typeof value !== 'number') expect(a[i]).toBe(value);
    else expect(Math.abs(Number(a[i]) - value)).toBeLessThanOrEqual(rtol * Math.max(1, Math.abs(value)));
  }
}
