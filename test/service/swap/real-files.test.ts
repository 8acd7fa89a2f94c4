import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { MLServiceRegistry, type RegistryOptions, type SwapError } from '../../../src/index.ts';
import type { SwapDifference } from '../../../src/spec/swap.ts';
import { modelsDirectory, type RealVersion, sampleOf } from './models-directory.ts';

const V1 = 'fraud_detector_v1_20240101';
const V2 = 'fraud_detector_v2_20240301';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(
  versions: Readonly<Record<string, RealVersion>>,
  options: RegistryOptions = {},
): Promise<MLServiceRegistry> {
  const modelsDir = await modelsDirectory(versions);
  const registry = new MLServiceRegistry({ env: {}, modelsDir, ...options });
  cleanups.push(
    () => rm(modelsDir, { recursive: true }),
    () => registry.close(),
  );
  return registry;
}

const onnx = async (file: string, more: Partial<RealVersion> = {}): Promise<RealVersion> => ({
  file: `trained/${file}.onnx`,
  samples: await sampleOf(`${file}.json`),
  ...more,
});
const pickle = async (file: string, extension: string): Promise<RealVersion> => ({
  file: `trained/${file}.${extension}`,
  samples: await sampleOf(`${file}.python.json`),
});

describe('a swap of scikit-learn models', () => {
  it.each(['inline', 'thread', 'process'] as const)('as ONNX, %s: there and back', async (place) => {
    const [v1, v2] = [await onnx(V1), await onnx(V2)];
    const registry = await open({ v1, v2 }, { execution: { place } });
    const model = registry.model<unknown[], number>('fraud', 'v1');
    const rows = v1.samples?.rows as unknown[][];
    expect(await model.predict(rows)).toEqual(v1.samples?.predict);
    const swapped = await registry.swap('fraud', { to: 'v2', samples: 'require' });
    expect(swapped).toMatchObject({ changed: true, samples: 'ok', differences: [], drained: true });
    expect(await model.predict(v2.samples?.rows as unknown[][])).toEqual(v2.samples?.predict);
    expect(registry.execution().map(({ version }) => version)).toEqual(['v2']);
    await registry.rollback('fraud');
    expect(await model.predict(rows)).toEqual(v1.samples?.predict);
  });

  it('from pickles: to the last digits that the tolerance asks for', async () => {
    const registry = await open({ v1: await pickle(V1, 'pkl'), v2: await pickle(V2, 'joblib') });
    await registry.load('fraud', 'v1');
    const { from, to, samples } = await registry.swap('fraud', { to: 'v2', samples: 'require', tolerance: 1e-12 });
    expect([from?.version, to.version, samples]).toEqual(['v1', 'v2', 'ok']);
  });

  it('refuses a version that answers as another one does', async () => {
    const registry = await open({ v1: await onnx(V1), v2: await onnx(V2, { samples: await sampleOf(`${V1}.json`) }) });
    await registry.load('fraud', 'v1');
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({ code: 'ML_SWAP_SAMPLES' });
    expect(registry.model('fraud', 'v1').info.version).toBe('v1');
  });

  it('refuses a file with one bit changed', async () => {
    const registry = await open({ v1: await onnx(V1), v2: await onnx(V2, { damaged: true }) });
    await registry.load('fraud', 'v1');
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({
      code: 'ML_SWAP_FAILED',
      step: 'load',
      cause: { code: 'ML_CHECKSUM_MISMATCH' },
    });
  });

  it('refuses a model of something else, and lists what differs', async () => {
    const registry = await open({ v1: await onnx(V1), v2: { file: 'trained/tumor_classifier_v1_20240220.onnx' } });
    await registry.load('fraud', 'v1');
    const error = await registry.swap('fraud', { to: 'v2' }).catch((caught: unknown) => caught as SwapError);
    const { differences } = (error as SwapError).details as { differences: SwapDifference[] };
    expect(differences).toEqual([
      {
        what: 'featureNames',
        part: '',
        before: '[amount, merchant_category, time_of_day, account_age_days, transactions_last_24h]',
        after: 'none',
      },
      { what: 'classes', part: '', before: '[0, 1]', after: '[benign, malignant]' },
      {
        what: 'inputs',
        part: '',
        before:
          'amount float32[?, 1], merchant_category string[?, 1], time_of_day float32[?, 1], account_age_days float32[?, 1], transactions_last_24h float32[?, 1]',
        after: 'X float32[?, 30]',
      },
      {
        what: 'outputs',
        part: '',
        before: 'label int64[?], probabilities float32[?, 2]',
        after: 'output_label string[?], output_probability float32[?, 2]',
      },
    ]);
  });

  it('refuses another format only for what it cannot do', async () => {
    const registry = await open({ v1: await onnx(V1), v2: await pickle(V2, 'joblib'), v3: await onnx(V2) });
    await registry.load('fraud', 'v1');
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({
      code: 'ML_SWAP_INCOMPATIBLE',
      message: expect.stringContaining('methods: [predict, predictProba, predictLogProba, run] before'),
    });
    await registry.swap('fraud', { to: 'v2', force: true });
    // Back from it nothing but its own methods is missing.
    await expect(registry.swap('fraud', { to: 'v3' })).rejects.toMatchObject({
      details: { differences: [{ what: 'methods' }] },
    });
  });
});
