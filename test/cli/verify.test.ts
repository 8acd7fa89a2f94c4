import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfModels, document, runCli } from './run-cli.ts';

interface Verification {
  readonly ok: boolean;
  readonly files: readonly {
    readonly id: string;
    readonly result: string;
    readonly error?: { readonly code: string };
  }[];
}

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(path, bytes);
}

describe('verify', () => {
  it('finds all sample models as their metadata says', async () => {
    const { code, stdout } = await runCli(['verify']);
    expect(stdout).toMatch(/^ok\s+sha256\s+1\.3 KB\s+trained\/fraud_detector_v1_20240101\.onnx$/m);
    expect(stdout).toContain(' 0 failed');
    expect(code).toBe(0);
  });

  it('ends with 1 for one flipped bit, in the file itself and in a further one of the same metadata', async () => {
    const folder = await copyOfModels();
    await flipBit(join(folder, 'trained', 'fraud_detector_v1_20240101.onnx'));
    await flipBit(join(folder, 'trained', 'fraud_detector_v1_20240101.pkl'));
    const result = await runCli(['verify', '--json', '--models-dir', folder]);
    expect(result.code).toBe(1);
    const { ok, files } = document(result) as Verification;
    expect(ok).toBe(false);
    expect(files.filter((file) => file.result === 'failed').map(({ id, error }) => [id, error?.code])).toEqual([
      ['trained/fraud_detector_v1_20240101.onnx', 'ML_CHECKSUM_MISMATCH'],
      ['trained/fraud_detector_v1_20240101.pkl', 'ML_CHECKSUM_MISMATCH'],
    ]);
  });

  it('verifies one name, or one version of it', async () => {
    const folder = await copyOfModels();
    await flipBit(join(folder, 'trained', 'fraud_detector_v2_20240301.onnx'));
    const [other, version, all] = await Promise.all([
      runCli(['verify', 'tumor_classifier', '--models-dir', folder]),
      runCli(['verify', 'fraud_detector', 'v1', '--json', '--models-dir', folder]),
      runCli(['verify', 'fraud_detector', '--models-dir', folder]),
    ]);
    expect([other.code, version.code, all.code]).toEqual([0, 0, 1]);
    expect((document(version) as Verification).files.map(({ id }) => id)).toEqual([
      'trained/fraud_detector_v1_20240101.onnx',
    ]);
    expect(all.stdout).toContain('trained/fraud_detector_v2_20240301.onnx: ML_CHECKSUM_MISMATCH');
  });

  it('lets files without a checksum pass unless they are required to have one', async () => {
    const folder = await copyOfModels();
    await rm(join(folder, 'metadata', 'digits_mlp_v1_20240210.json'));
    const [lenient, strict] = await Promise.all([
      runCli(['verify', 'digits_mlp', '--models-dir', folder]),
      runCli(['verify', 'digits_mlp', '--require-checksums', '--models-dir', folder]),
    ]);
    expect(lenient.code).toBe(0);
    expect(lenient.stdout).toContain('skipped');
    expect(strict.code).toBe(1);
    expect(strict.stdout).toContain('ML_CHECKSUM_MISSING');
  });

  it('reports an empty file, a damaged metadata file and an unknown name', async () => {
    const folder = await copyOfModels();
    await writeFile(join(folder, 'trained', 'tumor_classifier_v1_20240115.onnx'), '');
    await writeFile(join(folder, 'metadata', 'fraud_detector_v1_20240101.json'), '{');
    const [all, unknown] = await Promise.all([
      runCli(['verify', '--models-dir', folder]),
      runCli(['verify', 'nobody', '--models-dir', folder]),
    ]);
    expect(all.code).toBe(1);
    expect(all.stdout).toContain('ML_ARTEFACT_EMPTY');
    expect(all.stdout).toContain('ML_METADATA_INVALID');
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toMatch(/^ML_MODEL_NOT_FOUND: /);
  });
});
