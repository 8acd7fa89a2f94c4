import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Backup, Pruned, PublishedModel, Restored } from '../../src/index.ts';
import { document, MODELS, runCli, temporaryFolder } from './run-cli.ts';

const TUMOR = join(MODELS, 'trained', 'tumor_classifier_v1_20240115.pkl');
const DIABETES = join(MODELS, 'trained', 'diabetes_regressor_v1.0.0_20240201.joblib');

describe('init', () => {
  it('lays out a models directory and a service, and never overwrites', async () => {
    const folder = await temporaryFolder();
    const modelsDir = join(folder, 'models');
    const first = await runCli(['init', '--models-dir', modelsDir, '--name', 'churn_model']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    for (const path of ['trained', 'preprocessing', 'metadata', 'checkpoints', 'README.md', '.gitattributes'])
      expect(existsSync(join(modelsDir, path)), path).toBe(true);
    const service = join(folder, 'churn-model-service.ts');
    expect(await readFile(service, 'utf8')).toContain("readonly modelName = 'churn_model'");
    await writeFile(service, 'mine');
    const again = document(await runCli(['init', '--models-dir', modelsDir, '--name', 'churn_model', '--json'])) as {
      made: string[];
    };
    expect(again.made).toEqual([]);
    expect(await readFile(service, 'utf8')).toBe('mine');
    expect((await runCli(['init', '--models-dir', modelsDir, '--name', '../x'])).code).toBe(2);
    expect((await runCli(['list', '--models-dir', modelsDir])).stdout).toContain('0 files');
  });
});

describe('publish, backup, restore, prune, recover', () => {
  it('work together', { timeout: 120_000 }, async () => {
    const folder = await temporaryFolder();
    const at = ['--models-dir', join(folder, 'models')];
    expect((await runCli(['publish', TUMOR, ...at])).code).toBe(3);
    await runCli(['init', '--no-service', ...at]);
    await writeFile(join(folder, 'rows.csv'), 'a,b\n1,"x, ""y"""\n2,\n');
    const wrongRows = await runCli(['publish', TUMOR, ...at, '--samples', join(folder, 'rows.csv')]);
    expect([wrongRows.code, wrongRows.stderr]).toEqual([3, expect.stringMatching(/^ML_PUBLISH_REFUSED: /)]);
    const python = JSON.parse(
      await readFile(join(MODELS, 'samples', 'diabetes_regressor_v1.0.0_20240201.python.json'), 'utf8'),
    ) as {
      readonly input: readonly number[][];
      readonly expected: { readonly predict: readonly number[] };
    };
    const names = python.input[0]?.map((_value, i) => `f${i}`) ?? [];
    const lines = python.input.map((row, i) => [...row, python.expected.predict[i]].join(','));
    await writeFile(join(folder, 'samples.csv'), `${[...names, 'predict'].join(',')}\n${lines.join('\n')}\n`);
    const told = ['--description', 'progression', '--metrics', '{"r2":0.5}', '--trained-on', 'set'];
    const files = [
      '--metadata',
      join(folder, 'meta.json'),
      '--training-script',
      join(MODELS, 'training', 'diabetes.py'),
    ];
    expect((await runCli(['publish', DIABETES, ...at, ...told, ...files])).code).toBe(2);
    await writeFile(join(folder, 'meta.json'), JSON.stringify({ target: 'progression', features: names }));
    const done = document(
      await runCli(['publish', DIABETES, ...at, ...told, ...files, '--samples', join(folder, 'samples.csv'), '--json']),
    ) as PublishedModel;
    expect(done).toMatchObject({
      version: '1.0.0',
      worst: expect.any(Number) as number,
      metadata: { target: 'progression', metrics: { r2: 0.5 }, description: 'progression' },
    });
    const exists = await runCli(['publish', DIABETES, ...at]);
    expect([exists.code, exists.stderr]).toEqual([3, expect.stringMatching(/^ML_PUBLISH_EXISTS: .*same bytes/)]);
    const human = await runCli(['publish', TUMOR, ...at, '--name', 'tumor', '--as', 'v1']);
    expect([human.code, human.stdout]).toEqual([
      0,
      expect.stringMatching(/^tumor 1\.0\.0 is published as trained\/tumor_v1_20240115\.pkl$/m),
    ]);
    expect((await runCli(['publish', TUMOR, ...at, '--name', 'tumor', '--as', 'minor', '--dry-run'])).stdout).toContain(
      'would be',
    );
    await runCli(['publish', TUMOR, ...at, '--name', 'tumor', '--as', 'minor']);
    expect((await runCli(['verify', '--require-checksums', ...at])).code).toBe(0);

    const to = join(folder, 'backup');
    const backup = document(await runCli(['backup', to, ...at, '--json'])) as Backup;
    expect(backup).toMatchObject({ models: 3, verified: 3 });
    expect((await runCli(['backup', to, ...at])).stdout).toMatch(/^new\s+0 contents, 0 B$/m);
    const dry = await runCli(['prune', '--keep', '1', ...at]);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringMatching(/^tumor\s+1\.0\.0\s+2024-01-15\s+would go/m)]);
    const pruned = document(await runCli(['prune', '--keep', '1', '--apply', ...at, '--json'])) as Pruned;
    expect(pruned.removed).toEqual(['metadata/tumor_v1_20240115.json', 'trained/tumor_v1_20240115.pkl']);
    expect((await runCli(['prune', '--keep', 'many', ...at])).code).toBe(2);
    const restored = document(await runCli(['restore', to, ...at, '--only', 'tumor@v1', '--json'])) as Restored;
    expect(restored.added).toEqual(pruned.removed);
    expect((await runCli(['restore', to, ...at, '--dry-run'])).stdout).toContain('is intact');
    expect((await runCli(['restore', join(folder, 'nowhere'), ...at])).stderr).toMatch(/^ML_BACKUP_MALFORMED: /);
    expect((await runCli(['recover', ...at])).stdout).toContain('nothing was left half done');
    expect((await runCli(['verify', '--require-checksums', ...at])).code).toBe(0);
  });
});
