import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sklearnPython } from '../sidecar/sklearn-python.ts';
import { document, MODELS, ROOT, runCli, temporaryFolder } from './run-cli.ts';

const PYTHON = sklearnPython();
const FILES = join(ROOT, 'test', 'sidecar', 'files');
const ONE_CLASS = join(FILES, 'one_class.pkl');

describe('convert', () => {
  it('leaves a file alone that loads as it is', async () => {
    const scaler = join(MODELS, 'preprocessing', 'scaler.pkl');
    const { code, stdout } = await runCli(['convert', scaler]);
    expect([code, stdout]).toEqual([0, `${scaler} loads as it is; nothing was converted\n`]);
    expect(document(await runCli(['convert', '--json', scaler]))).toEqual({ path: scaler, converted: false });
  });

  it('refuses what is unsafe, and what nothing converts', async () => {
    const folder = await temporaryFolder();
    const odd = join(folder, 'odd.pkl');
    await writeFile(odd, "cos\nsystem\n(S'true'\ntR.");
    const env = { ML_CACHE_DIR: folder, ML_PYTHON: '/no/such/python' };
    expect(await runCli(['convert', odd], env)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^ML_FORMAT_UNSAFE/) as string,
    });
    await writeFile(odd, 'cmine\nModel\n)R.');
    expect((await runCli(['convert', odd], env)).code).toBe(3);
    expect(await runCli(['convert', ONE_CLASS], env)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^ML_SIDECAR_NO_PYTHON: \/no\/such\/python/) as string,
    });
  });

  it.runIf(PYTHON !== undefined)('makes a file loadable', { timeout: 120_000 }, async () => {
    const env = { ML_CACHE_DIR: await temporaryFolder(), ML_PYTHON: PYTHON ?? '' };
    const { code, stdout } = await runCli(['convert', ONE_CLASS], env);
    expect([code, stdout]).toEqual([0, expect.stringContaining('was converted; it loads without Python from now on')]);
    expect(document(await runCli(['convert', '--json', ONE_CLASS], env))).toMatchObject({
      converted: true,
      report: { source: { version: '1.9.1' } },
    });
    expect((await runCli(['inspect', ONE_CLASS], env)).stdout).toContain('onnxruntime-node');
  });
});

describe('python', () => {
  it('has one action', async () => {
    expect(await runCli(['python', 'remove'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('sets nothing up for what Python does not convert', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'old.pkl');
    const bytes = (await readFile(ONE_CLASS)).toString('latin1').replace('1.9.1', '0.9.1');
    await writeFile(path, Buffer.from(bytes, 'latin1'));
    const { code, stderr } = await runCli(['python', 'setup', '--for', path], { ML_CACHE_DIR: folder });
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/^ML_SIDECAR_NO_PYTHON: .*scikit-learn 0\.9\.1.*sklearn-1\.9\.1/),
    ]);
  });
});
