import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { document, MODELS, ROOT, runCli } from './run-cli.ts';

const name = 'tumor_classifier_v1_20240220';
const file = join(MODELS, `trained/${name}.pkl`);
const rows = join(MODELS, `samples/${name}.json`);
const { input, expected } = JSON.parse(readFileSync(rows, 'utf8')) as {
  input: unknown[];
  expected: { predict: unknown[]; predict_proba: number[][] };
};

describe('predict', () => {
  it('answers every row of a file, for programs', async () => {
    const result = await runCli(['predict', file, '--rows', rows, '--json']);
    expect(result.code).toBe(0);
    expect(document(result)).toMatchObject({ model: file, method: 'predict', answers: expected.predict });
  });

  it('asks a model of the models directory for probabilities, for people', async () => {
    const { code, stdout } = await runCli([
      'predict',
      'tumor_classifier',
      '--method',
      'predictProba',
      '--rows',
      rows,
      '--models-dir',
      MODELS,
    ]);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(input.length + 1);
  });

  it('takes rows from stdin', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'dist/cli.js'), 'predict', file, '--json'], {
      input: JSON.stringify(input.slice(0, 2)),
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ answers: expected.predict.slice(0, 2) });
  });

  it.each([
    [
      'a method that the model lacks',
      [file, '--rows', rows, '--method', 'transform'],
      3,
      'ML_MODEL_METHOD_UNSUPPORTED',
    ],
    ['a model that is not there', ['nothing', '--rows', rows, '--models-dir', MODELS], 3, 'ML_MODEL_NOT_FOUND'],
    ['no rows', [file, '--rows', join(ROOT, 'package.json')], 3, 'must hold an array of rows'],
  ])('refuses %s', async (_, args, code, message) => {
    const result = await runCli(['predict', ...args]);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });
});
