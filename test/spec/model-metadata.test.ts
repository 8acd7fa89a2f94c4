// The contract's section on metadata, field by field.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelMetadata } from '../../src/index.ts';
import { layOut, MODELS, registryOf, sha256Of, trained } from './spec-fixture.ts';

const FILE = 'trained/fraud_detector_v1_20240101.pkl';
const SOURCE = join(MODELS, FILE);
const FEATURES = ['amount', 'merchant_category', 'time_of_day', 'account_age_days', 'transactions_last_24h'];

/** The contract's example, with the features, size and checksum of the real file. */
const EXAMPLE = {
  name: 'fraud_detector',
  version: '1.0.0',
  description: 'Credit card fraud detection model',
  algorithm: 'Random Forest',
  framework: 'scikit-learn',
  created_at: '2024-01-01T00:00:00Z',
  trained_on: 'fraud_dataset_v1',
  features: FEATURES,
  target: 'is_fraud',
  metrics: { accuracy: 0.95, precision: 0.92, recall: 0.89, f1_score: 0.9 },
  file_path: FILE,
  file_size: `${(statSync(SOURCE).size / 1024).toFixed(1)}KB`,
  checksum: `sha256:${sha256Of(SOURCE)}`,
};

const directory = (changes: object = {}): string =>
  layOut({
    [FILE]: trained('fraud_detector_v1_20240101.pkl'),
    'metadata/fraud_detector_v1_20240101.json': { ...EXAMPLE, ...changes },
  });

async function metadataOf(changes: object = {}): Promise<ModelMetadata> {
  const { metadata } = await registryOf(directory(changes)).resolve('fraud_detector');
  if (metadata === undefined) throw new Error('the file has no metadata');
  return metadata;
}

async function loadCode(changes: object): Promise<unknown> {
  try {
    await registryOf(directory(changes)).load('fraud_detector');
    return 'loaded';
  } catch (error) {
    return (error as { code: unknown }).code;
  }
}

describe('Model Metadata', () => {
  it('Each model should have accompanying metadata in JSON format:', async () => {
    expect(await metadataOf()).toEqual({ ...EXAMPLE, extra: {} });
    expect(await loadCode({})).toBe('loaded');
    const registry = registryOf(layOut({ [FILE]: trained('fraud_detector_v1_20240101.pkl') }), {
      verification: 'require',
    });
    await expect(registry.load('fraud_detector')).rejects.toMatchObject({ code: 'ML_CHECKSUM_MISSING' });
  });

  it('"name": "fraud_detector"', async () => {
    const registry = registryOf(directory({ name: 'renamed' }));
    expect((await registry.resolve('renamed')).id).toBe(FILE);
    expect(await registryOf(directory({ name: 7 })).problems()).toMatchObject([{ code: 'ML_METADATA_INVALID' }]);
  });

  it('"version": "1.0.0"', async () => {
    const registry = registryOf(directory({ version: '1.4.2' }));
    expect((await registry.resolve('fraud_detector', '1.4.2')).version).toBe('1.4.2');
    await expect(registry.resolve('fraud_detector', '1.0.0')).rejects.toMatchObject({
      code: 'ML_MODEL_VERSION_NOT_FOUND',
    });
  });

  it('"description": "Credit card fraud detection model"', async () => {
    expect((await metadataOf()).description).toBe('Credit card fraud detection model');
  });

  it('"algorithm": "Random Forest"', async () => {
    expect((await metadataOf()).algorithm).toBe('Random Forest');
  });

  it('"framework": "scikit-learn"', async () => {
    expect((await metadataOf()).framework).toBe('scikit-learn');
  });

  it('"created_at": "2024-01-01T00:00:00Z"', async () => {
    expect((await metadataOf()).created_at).toBe('2024-01-01T00:00:00Z');
    const problems = await registryOf(directory({ created_at: 20240101 })).problems();
    expect(problems).toMatchObject([{ code: 'ML_METADATA_INVALID' }]);
  });

  it('"trained_on": "fraud_dataset_v1"', async () => {
    expect((await metadataOf()).trained_on).toBe('fraud_dataset_v1');
  });

  it('"features": ["amount", "merchant_category", "time_of_day"]', async () => {
    const registry = registryOf(directory());
    expect((await registry.load('fraud_detector')).info.featureNames).toEqual(FEATURES);
    expect((await registry.inputContract('fraud_detector')).features.map(({ name }) => name)).toEqual(FEATURES);
    // The contract's own three names are not what this model was trained with.
    const wrong = registryOf(directory({ features: ['amount', 'merchant_category', 'time_of_day'] }));
    await expect(wrong.inputContract('fraud_detector')).rejects.toMatchObject({ code: 'ML_CONTRACT_MISMATCH' });
  });

  it('"target": "is_fraud"', async () => {
    expect((await metadataOf()).target).toBe('is_fraud');
  });

  it('"metrics": {', async () => {
    expect((await metadataOf({ metrics: { auc: 0.7 } })).metrics).toEqual({ auc: 0.7 });
  });

  it('"accuracy": 0.95', async () => {
    expect((await metadataOf()).metrics?.['accuracy']).toBe(0.95);
  });

  it('"precision": 0.92', async () => {
    expect((await metadataOf()).metrics?.['precision']).toBe(0.92);
  });

  it('"recall": 0.89', async () => {
    expect((await metadataOf()).metrics?.['recall']).toBe(0.89);
  });

  it('"f1_score": 0.90', async () => {
    expect((await metadataOf()).metrics?.['f1_score']).toBe(0.9);
  });

  it('"file_path": "trained/fraud_detector_v1_20240101.pkl"', async () => {
    const record = await registryOf(directory()).resolve('fraud_detector');
    expect(record).toMatchObject({ id: FILE, declared: true });
    const problems = await registryOf(directory({ file_path: '../outside.pkl' })).problems();
    expect(problems).toMatchObject([{ code: 'ML_ARTEFACT_ESCAPES' }]);
  });

  it('"file_size": "2.5MB"', async () => {
    expect(await loadCode({ file_size: statSync(SOURCE).size })).toBe('loaded');
    expect(await loadCode({ file_size: '2.5MB' })).toBe('ML_SIZE_MISMATCH');
  });

  it('"checksum": "sha256:abc123..."', async () => {
    expect(await loadCode({ checksum: `sha256:${'0'.repeat(64)}` })).toBe('ML_CHECKSUM_MISMATCH');
    expect(await loadCode({ checksum: 'sha256:abc123...' })).toBe('ML_CHECKSUM_INVALID');
  });
});
