import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { document, MODELS, runCli, temporaryFolder } from './run-cli.ts';

interface Listing {
  readonly modelsDir: string;
  readonly models: readonly Readonly<Record<string, unknown>>[];
  readonly problems: readonly unknown[];
}

describe('list', () => {
  it('shows every sample model with version, date, format, size and the state of its metadata', async () => {
    const { code, stdout, stderr } = await runCli(['list']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const line = stdout.split('\n').find((text) => text.includes('trained/fraud_detector_v1_20240101.onnx'));
    expect(line).toMatch(/^fraud_detector\s+v1 \(1\.0\.0\)\s+2024-01-01\s+onnx\s+1\.3 KB\s+yes\s+sha256\s/);
    expect(stdout).toContain('preprocessing/scaler.onnx');
  });

  it('gives the same to programs with --json, wherever the option stands', async () => {
    const [before, after] = await Promise.all([runCli(['--json', 'list']), runCli(['list', '--json'])]);
    expect(before.stdout).toBe(after.stdout);
    const { modelsDir, models } = document(after) as Listing;
    expect(modelsDir).toBe(MODELS);
    expect(models.find(({ id }) => id === 'trained/fraud_detector_v1_20240101.onnx')).toMatchObject({
      area: 'trained',
      name: 'fraud_detector',
      label: 'v1',
      version: '1.0.0',
      date: '20240101',
      format: 'onnx',
      kind: 'file',
      bytes: 1305,
      readable: true,
      metadata: 'declared',
      checksum: 'sha256',
    });
    expect(models.find(({ id }) => id === 'trained/fraud_detector_v1_20240101.pkl')).toMatchObject({
      checksum: 'sha256',
    });
  });

  it('takes the directory from --models-dir before ML_MODELS_DIR', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'trained'));
    await writeFile(join(folder, 'trained', 'only_v1.onnx'), 'x');
    const [option, environment] = await Promise.all([
      runCli(['list', '--json', '--models-dir', folder], { ML_MODELS_DIR: MODELS }),
      runCli(['list', '--json'], { ML_MODELS_DIR: folder }),
    ]);
    expect((document(option) as Listing).models.map(({ name, checksum }) => [name, checksum])).toEqual([
      ['only', 'none'],
    ]);
    expect((document(environment) as Listing).models).toHaveLength(1);
  });

  it('says what in the directory cannot be used, and why', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'trained'));
    await mkdir(join(folder, 'metadata'));
    await writeFile(join(folder, 'metadata', 'broken.json'), '{ "name": ');
    const { code, stdout } = await runCli(['list', '--models-dir', folder]);
    expect(code).toBe(0);
    expect(stdout).toContain('metadata/broken.json: ML_METADATA_INVALID');
  });

  it.skipIf(process.platform === 'win32')('writes control characters of a file name out', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'trained'));
    await writeFile(join(folder, 'trained', 'evil\u001b[2J_v1.onnx'), 'x');
    const { stdout } = await runCli(['list', '--models-dir', folder]);
    expect(stdout).not.toContain('\u001b');
  });
});
