import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel, type Model, type Rows, scanFile } from '../../src/index.ts';
import { decode, difference, plain } from '../reference/compare.mjs';

const FOLDER = fileURLToPath(new URL('../fixtures/third-party', import.meta.url));

interface Question {
  readonly name: string;
  readonly form: string;
  readonly rows?: unknown;
  readonly columns?: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, { readonly value?: unknown; readonly error?: string }>>;
}

const METHODS = {
  predict: 'predict',
  predict_proba: 'predictProba',
  predict_log_proba: 'predictLogProba',
  decision_function: 'decisionFunction',
  transform: 'transform',
} as const;

const versions = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

function rowsOf({ rows, columns }: Question): Rows {
  if (columns === undefined) return decode(rows) as Rows;
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, decode(values)])) as Rows;
}

async function check(model: Model, question: Question, rtol: number): Promise<void> {
  for (const [method, { value, error }] of Object.entries(question.expected)) {
    const name = METHODS[method as keyof typeof METHODS];
    if (error !== undefined) {
      await expect(model[name](rowsOf(question)), `${question.name}: ${error}`).rejects.toMatchObject({
        code: expect.stringMatching(/^ML_INPUT_/),
      });
      continue;
    }
    const got = plain(await model[name](rowsOf(question)));
    expect(difference(got, decode(value), rtol, method), question.name).toBeUndefined();
  }
}

describe.each(versions)('files of the packages of %s', (version) => {
  const names = readdirSync(join(FOLDER, version)).flatMap((file) => file.match(/^(.+)\.pkl$/)?.[1] ?? []);

  it.each(names)('%s answers as in Python', async (name) => {
    const path = join(FOLDER, version, `${name}.pkl`);
    const about = JSON.parse(readFileSync(join(FOLDER, version, `${name}.json`), 'utf8')) as {
      readonly rtol: number;
      readonly questions: readonly Question[];
    };
    expect((await scanFile(path)).verdict).toBe('safe');
    const model = await loadModel(path);
    expect(about.questions.length).toBeGreaterThan(0);
    for (const question of about.questions) await check(model, question, about.rtol);
    await model.dispose();
  });
});
