import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/index.ts';
import { document, runCli } from './run-cli.ts';

describe('explain', () => {
  it('names the chosen file and says why not the others', async () => {
    const { code, stdout } = await runCli(['explain', 'tumor_classifier']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^tumor_classifier latest -> trained\/tumor_classifier_v1_20240220\.onnx$/m);
    expect(stdout).toMatch(/^>\s+trained\/tumor_classifier_v1_20240220\.onnx\s+\S/m);
    expect(stdout).toMatch(/^\s+trained\/tumor_classifier_v1_20240115\.onnx\s+\S/m);
  });

  it('takes a version, an area and an environment variable', async () => {
    const [version, area, environment] = await Promise.all([
      runCli(['explain', 'fraud_detector', 'v1', '--json']),
      runCli(['explain', 'scaler', '--area', 'preprocessing', '--json']),
      runCli(['explain', 'fraud_detector', '--json'], { ML_MODEL_FRAUD_DETECTOR_VERSION: 'v1' }),
    ]);
    expect((document(version) as Explanation).chosen?.id).toBe('trained/fraud_detector_v1_20240101.onnx');
    expect((document(area) as Explanation).chosen?.id).toBe('preprocessing/scaler.onnx');
    const explained = document(environment) as Explanation;
    expect(explained.chosen?.label).toBe('v1');
    expect(explained.via.join()).toContain('ML_MODEL_FRAUD_DETECTOR_VERSION');
  });

  it('ends with 1 where nothing fits, and says what is there', async () => {
    const [name, version] = await Promise.all([
      runCli(['explain', 'fraud_detektor']),
      runCli(['explain', 'fraud_detector', 'v9']),
    ]);
    expect(name.code).toBe(1);
    expect(name.stdout).toContain('fraud_detektor latest -> no file');
    expect(name.stdout).toContain('fraud_detector');
    expect(version.code).toBe(1);
    expect(version.stdout).toContain('trained/fraud_detector_v2_20240301.onnx');
  });
});
