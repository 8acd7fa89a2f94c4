import { describe, expect, it } from 'vitest';
import { copyOfModels, document, MODELS, runCli } from './run-cli.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Diagnosis {
  readonly ok: boolean;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly usable: boolean }[];
  readonly settings: readonly { readonly name: string; readonly value: unknown; readonly from: string }[];
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

describe('doctor', () => {
  it('finds the runtime, the models and every setting at its default', async () => {
    const { code, stdout, stderr } = await runCli(['doctor']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^node\s+\d+\.\d+\.\d+ \(supported: >=20\.19\)$/m);
    expect(stdout).toMatch(/^onnxruntime-node\s+1\.\d+\.\d+\s+usable\s+(?:[\w-]+, )*onnx(?:,|$)/m);
    expect(stdout).toMatch(/^modelsDir\s+\S+\s+default$/m);
    expect(stdout).toContain('Everything is in order.');
    expect(code).toBe(0);
  });

  it('says where each value comes from, and what each variable does', async () => {
    const result = await runCli(['doctor', '--json', '--models-dir', MODELS], {
      ML_MODELS_DIR: '/nowhere',
      ML_MAX_MODEL_BYTES: '1000000',
      ML_MODEL_FRAUD_DETECTOR_VERSION: 'v1',
      ML_MODEL_NOBODY_PATH: '/x',
      ML_PASSWORD: 'secret',
    });
    expect(result.code).toBe(0);
    expect(result.stdout).not.toContain('secret');
    const { settings, variables, packages } = document(result) as Diagnosis;
    const setting = (wanted: string): unknown => settings.find(({ name }) => name === wanted);
    expect(setting('modelsDir')).toEqual({ name: 'modelsDir', value: MODELS, from: 'option: --models-dir' });
    expect(setting('limits.maxModelBytes')).toMatchObject({
      value: 1_000_000,
      from: 'environment: ML_MAX_MODEL_BYTES',
    });
    expect(setting('verification')).toMatchObject({ value: 'ifPresent', from: 'default' });
    expect(variables.map(({ name, used }) => [name, used])).toEqual([
      ['ML_MAX_MODEL_BYTES', true],
      ['ML_MODELS_DIR', true],
      ['ML_MODEL_FRAUD_DETECTOR_VERSION', true],
      ['ML_MODEL_NOBODY_PATH', false],
      ['ML_PASSWORD', false],
    ]);
    expect(packages.find(({ name }) => name === 'onnxruntime-node')).toMatchObject({ usable: true });
  });

  it('ends with 1 for a missing directory and for a damaged one', async () => {
    const folder = await copyOfModels();
    await writeFile(join(folder, 'metadata', 'fraud_detector_v1_20240101.json'), '{');
    const [missing, damaged] = await Promise.all([
      runCli(['doctor', '--models-dir', join(folder, 'nowhere')]),
      runCli(['doctor', '--models-dir', folder]),
    ]);
    expect([missing.code, damaged.code]).toEqual([1, 1]);
    expect(missing.stdout).toContain('does not exist');
    expect(damaged.stdout).toContain('metadata/fraud_detector_v1_20240101.json: ML_METADATA_INVALID');
  });
});
