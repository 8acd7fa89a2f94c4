// The directory contract, line by line: each test is named after its line (docs/spec-conformance.md).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BaseMLService, type Model, type ModelRecord, scanFile } from '../../src/index.ts';
import {
  type Copy,
  copy,
  float32,
  furthest,
  layOut,
  MODELS,
  type NamedTensor,
  readJson,
  registryOf,
  samplesOf,
  SHARED,
  trained,
} from './spec-fixture.ts';

const FRAUD_PKL = trained('fraud_detector_v1_20240101.pkl');
const FRAUD_JOBLIB = trained('fraud_detector_v2_20240301.joblib');
const MLP_PTH = copy('test/fixtures/torch-modules/mlp.pth');
const mlp = readJson('test/fixtures/torch-modules/mlp.json') as {
  module: object;
  input: NamedTensor;
  output: NamedTensor;
};
/** A state dict says nothing of its layers: its metadata does. */
const mlpMetadata = (name: string, file_path: string): object => ({
  name,
  version: '1.0.0',
  file_path,
  torch: { module: mlp.module },
});

/** Has the area as its only content, and gives what is found of it. */
async function recordsOf(files: Readonly<Record<string, Copy | string | object>>): Promise<readonly ModelRecord[]> {
  const registry = registryOf(layOut(files));
  expect(await registry.problems()).toEqual([]);
  return registry.models();
}

async function expectFraud(model: Model, samples: string): Promise<void> {
  const { rows, expected } = samplesOf(samples);
  expect(await model.predict(rows)).toEqual(expected['predict']);
  const probabilities = await model.predictProba(rows);
  expect(furthest(probabilities.data, (expected['predict_proba'] as number[][]).flat())).toBeLessThan(1e-5);
}

async function expectCases(model: Model, path: string): Promise<void> {
  const { cases } = readJson(path) as { cases: { inputs: NamedTensor[]; expected: NamedTensor[] }[] };
  expect(cases.length).toBeGreaterThan(0);
  for (const { inputs, expected } of cases) {
    const out = await model.run(Object.fromEntries(inputs.map((tensor) => [tensor.name, float32(tensor)])));
    for (const { name, shape, data } of expected) {
      expect(out[name]?.shape).toEqual(shape);
      expect(furthest(out[name]?.data as ArrayLike<number>, data)).toBeLessThan(1e-5);
    }
  }
}

describe('ML Models Directory', () => {
  it('This directory contains machine learning model files and related artifacts.', async () => {
    const registry = registryOf(MODELS);
    expect(await registry.problems()).toEqual([]);
    const areas = new Set((await registry.models()).map(({ area }) => area));
    expect([...areas].sort()).toEqual(['checkpoints', 'preprocessing', 'trained']);
  });
});

describe('Directory Structure', () => {
  it('models/', async () => {
    const found = await recordsOf({
      'trained/model_v1.pkl': FRAUD_PKL,
      'preprocessing/scaler.pkl': copy('models/preprocessing/scaler.pkl'),
      'checkpoints/epoch_10.pth': copy('models/checkpoints/epoch_10.pth'),
    });
    expect(found.map(({ id, area, name }) => `${area}: ${name} (${id})`).sort()).toEqual([
      'checkpoints: epoch_10 (checkpoints/epoch_10.pth)',
      'preprocessing: scaler (preprocessing/scaler.pkl)',
      'trained: model (trained/model_v1.pkl)',
    ]);
  });

  it('README.md # This file', async () => {
    expect(await recordsOf({ 'README.md': '# Models', 'trained/README.md': '# Trained' })).toEqual([]);
  });

  it('trained/ # Trained model files', async () => {
    const [record] = await recordsOf({ 'trained/model_v1.pkl': FRAUD_PKL });
    expect(record).toMatchObject({ area: 'trained', name: 'model', label: 'v1', state: 'unloaded' });
  });

  it('model_v1.pkl # Serialized models', async () => {
    const registry = registryOf(layOut({ 'trained/model_v1.pkl': FRAUD_PKL }));
    await expectFraud(registry.model('model', 'v1'), 'fraud_detector_v1_20240101.python');
  });

  it('model_v2.joblib # Joblib format models', async () => {
    const registry = registryOf(layOut({ 'trained/model_v2.joblib': FRAUD_JOBLIB }));
    await expectFraud(registry.model('model', 'v2'), 'fraud_detector_v2_20240301.python');
  });

  it('pytorch_model.pth # PyTorch models', async () => {
    const file_path = 'trained/pytorch_model.pth';
    const registry = registryOf(
      layOut({ [file_path]: MLP_PTH, 'metadata/pytorch_model.json': mlpMetadata('pytorch_model', file_path) }),
    );
    const { output } = await registry.model('pytorch_model').run({ input: float32(mlp.input) });
    expect(furthest(output?.data as ArrayLike<number>, mlp.output.data)).toBeLessThan(1e-5);
  });

  it('preprocessing/ # Preprocessing artifacts', async () => {
    const modelsDir = layOut({ 'preprocessing/scaler.pkl': copy('models/preprocessing/scaler.pkl') });
    const registry = registryOf(modelsDir);
    expect((await registry.resolve('scaler', 'latest', { area: 'preprocessing' })).id).toBe('preprocessing/scaler.pkl');
    await expect(registry.resolve('scaler')).rejects.toMatchObject({ code: 'ML_MODEL_NOT_FOUND' });
  });

  it('scaler.pkl # Feature scalers', async () => {
    await expectTransform('scaler');
  });

  it('encoder.pkl # Label encoders', async () => {
    await expectTransform('encoder');
  });

  it('vectorizer.pkl # Text vectorizers', async () => {
    await expectTransform('vectorizer');
  });

  it('metadata/ # Model metadata', async () => {
    const [record] = await recordsOf({
      'trained/model_v1.pkl': FRAUD_PKL,
      'metadata/model_v1.json': { name: 'model', version: '1.2.3', file_path: 'trained/model_v1.pkl' },
    });
    expect(record).toMatchObject({ version: '1.2.3', declared: true });
  });

  it('model_info.json # Model information', async () => {
    const found = await recordsOf({
      'preprocessing/scaler.pkl': copy('models/preprocessing/scaler.pkl'),
      'preprocessing/scaler.onnx': copy('models/preprocessing/scaler.onnx'),
      'preprocessing/encoder.pkl': copy('models/preprocessing/encoder.pkl'),
      'preprocessing/vectorizer.pkl': copy('models/preprocessing/vectorizer.pkl'),
      'metadata/model_info.json': copy('models/metadata/model_info.json'),
    });
    expect(found.map(({ id, metadata }) => `${id}: ${metadata?.algorithm}`).sort()).toEqual([
      'preprocessing/encoder.pkl: Label Encoder',
      'preprocessing/scaler.onnx: Standard Scaler',
      'preprocessing/scaler.pkl: Standard Scaler',
      'preprocessing/vectorizer.pkl: TF-IDF',
    ]);
  });

  it('feature_names.json # Feature definitions', async () => {
    const features = ['amount', 'merchant_category', 'time_of_day', 'account_age_days', 'transactions_last_24h'];
    const [record] = await recordsOf({
      'trained/model_v1.pkl': FRAUD_PKL,
      'metadata/model_v1.json': { name: 'model', version: '1.0.0', file_path: 'trained/model_v1.pkl' },
      'metadata/feature_names.json': { model: features },
    });
    expect(record?.metadata?.features).toEqual(features);
  });

  it('metrics.json # Performance metrics', async () => {
    const [record] = await recordsOf({
      'trained/model_v1.pkl': FRAUD_PKL,
      'metadata/model_v1.json': { name: 'model', version: '1.0.0', file_path: 'trained/model_v1.pkl' },
      'metadata/metrics.json': { model: { '1.0.0': { accuracy: 0.94 }, '2.0.0': { accuracy: 0.1 } } },
    });
    expect(record?.metadata?.metrics).toEqual({ accuracy: 0.94 });
  });

  it('checkpoints/ # Training checkpoints', async () => {
    const registry = registryOf(layOut({ 'checkpoints/epoch_10.pth': copy('models/checkpoints/epoch_10.pth') }));
    await expect(registry.load('epoch_10')).rejects.toMatchObject({ code: 'ML_MODEL_NOT_FOUND' });
    expect((await registry.load('epoch_10', 'latest', { area: 'checkpoints' })).methods).toEqual([]);
  });

  it('epoch_10.pth # Training snapshots', async () => {
    const registry = registryOf(layOut({ 'checkpoints/epoch_10.pth': copy('models/checkpoints/epoch_10.pth') }));
    const snapshot = await registry.load('epoch_10', 'latest', { area: 'checkpoints' });
    expect((snapshot.value as Map<string, unknown>).get('epoch')).toBe(10);
    expect(snapshot.tensors.get('optimizer_state_dict.state.0.exp_avg')).toMatchObject({ shape: [16, 2] });
  });

  it('best_model.pth # Best performing model', async () => {
    const registry = registryOf(layOut({ 'checkpoints/best_model.pth': copy('models/checkpoints/best_model.pth') }));
    const best = await registry.load('best_model', 'latest', { area: 'checkpoints' });
    const { shape, data } = await best.tensor('0.weight');
    expect(shape).toEqual([16, 2]);
    expect(Array.from(data as Float32Array).every(Number.isFinite)).toBe(true);
  });
});

async function expectTransform(name: string): Promise<void> {
  class Service extends BaseMLService {
    readonly modelName = 'unused';
  }
  const registry = registryOf(layOut({ [`preprocessing/${name}.pkl`]: copy(`models/preprocessing/${name}.pkl`) }));
  const { rows, expected } = samplesOf(`${name}.python`);
  const { data } = await registry.create(Service).preprocessor(name).transform(rows);
  expect(furthest(data as ArrayLike<number>, (expected['transform'] ?? []).flat())).toBeLessThan(1e-12);
}

describe('Supported Model Formats', () => {
  it('`.pkl` - Pickle format (default)', async () => {
    const registry = registryOf(layOut({ 'trained/fraud_detector_v1_20240101.pkl': FRAUD_PKL }));
    const model = await registry.load('fraud_detector', 'v1');
    expect(model.info).toMatchObject({ format: 'pickle', engine: 'native' });
    await expectFraud(model, 'fraud_detector_v1_20240101.python');
  });

  it('`.joblib` - Joblib format (recommended for large models)', async () => {
    const registry = registryOf(layOut({ 'trained/fraud_detector_v2_20240301.joblib': FRAUD_JOBLIB }));
    const model = await registry.load('fraud_detector', 'v2');
    expect(model.info.engine).toBe('native');
    await expectFraud(model, 'fraud_detector_v2_20240301.python');
  });

  it('`.pth` - PyTorch state dict', async () => {
    const file_path = 'trained/mlp_v1.pth';
    const modelsDir = layOut({ [file_path]: MLP_PTH, 'metadata/mlp_v1.json': mlpMetadata('mlp', file_path) });
    const model = await registryOf(modelsDir).load('mlp', 'v1');
    expect(model.tensors.get('0.weight')).toMatchObject({ shape: [8, 6], dtype: 'float32' });
    const { output } = await model.run({ input: float32(mlp.input) });
    expect(furthest(output?.data as ArrayLike<number>, mlp.output.data)).toBeLessThan(1e-5);
  });

  it('`.pt` - PyTorch model', async () => {
    const program = copy('test/fixtures/torchscript/mlp_script.pt');
    const model = await registryOf(layOut({ 'trained/mlp_v1.pt': program })).load('mlp', 'v1');
    await expectCases(model, 'test/fixtures/torchscript/mlp_script.json');
  });

  it('`.h5` - Keras HDF5 format', async ({ skip }) => {
    const keras = join(SHARED, 'fixtures/keras-tf/keras2');
    skip(!existsSync(keras), '../shared/fixtures is absent, so no HDF5 file of Keras is loaded here');
    const model = await registryOf(
      layOut({ 'trained/mlp_v1.h5': copy('../shared/fixtures/keras-tf/keras2/mlp_acts.h5') }),
    ).load('mlp', 'v1');
    expect(model.info.format).toBe('keras');
    await expectCases(model, '../shared/fixtures/keras-tf/keras2/mlp_acts.json');
  });

  it('`.pb` - TensorFlow SavedModel', async () => {
    const fixtures = 'test/fixtures/tensorflow';
    const registry = registryOf(
      layOut({
        'trained/saved_v1': copy(`${fixtures}/v1_partitioned`),
        'trained/frozen_v1.pb': copy(`${fixtures}/v1_mlp_frozen.pb`),
      }),
    );
    await expectCases(await registry.load('saved', 'v1'), `${fixtures}/v1_partitioned.json`);
    await expectCases(await registry.load('frozen', 'v1'), `${fixtures}/v1_mlp_frozen.json`);
  });

  it('`.onnx` - Open Neural Network Exchange format', async () => {
    const file = 'trained/fraud_detector_v1_20240101.onnx';
    const modelsDir = layOut({ [file]: trained('fraud_detector_v1_20240101.onnx') });
    expect((await scanFile(join(modelsDir, file))).verdict).toBe('safe');
    await expectFraud(registryOf(modelsDir).model('fraud_detector', 'v1'), 'fraud_detector_v1_20240101');
  });
});

async function expectNamed(id: string, file: Copy, want: object): Promise<void> {
  const [record] = await recordsOf({ [id]: file });
  expect(record).toMatchObject(want);
}

describe('Model Naming Convention', () => {
  it('{model_name}_{version}_{date}.{extension}', async () => {
    await expectNamed('trained/my_own_model_v1.2.3_20240229.joblib', FRAUD_JOBLIB, {
      name: 'my_own_model',
      label: 'v1.2.3',
      version: '1.2.3',
      date: '20240229',
      extension: 'joblib',
    });
  });

  it('`fraud_detector_v1_20240101.pkl`', async () => {
    const want = { name: 'fraud_detector', label: 'v1', version: '1.0.0', date: '20240101', extension: 'pkl' };
    await expectNamed('trained/fraud_detector_v1_20240101.pkl', FRAUD_PKL, want);
  });

  it('`sentiment_classifier_v2_20240115.joblib`', async () => {
    const want = { name: 'sentiment_classifier', version: '2.0.0', date: '20240115', extension: 'joblib' };
    await expectNamed('trained/sentiment_classifier_v2_20240115.joblib', FRAUD_JOBLIB, want);
  });

  it('`recommendation_engine_v3_20240201.pth`', async () => {
    const want = { name: 'recommendation_engine', version: '3.0.0', date: '20240201', extension: 'pth' };
    await expectNamed('trained/recommendation_engine_v3_20240201.pth', MLP_PTH, want);
  });
});

interface Transaction {
  readonly amount: number;
}

class FraudDetectionService extends BaseMLService<Transaction, number> {
  readonly modelName: string = 'fraud_detector';
  override readonly modelVersion: string = 'v1';

  predict(data: Transaction[]): Promise<number[]> {
    return this.model.predict(data);
  }
}

const fraudDirectory = (): string =>
  layOut({
    'trained/fraud_detector_v1_20240101.pkl': FRAUD_PKL,
    'trained/fraud_detector_v2_20240301.joblib': FRAUD_JOBLIB,
  });

describe('Loading Models in Services', () => {
  it('Models are automatically loaded by ML services that inherit from `BaseMLService`:', async () => {
    const service = registryOf(fraudDirectory()).create(FraudDetectionService);
    expect(service.health().state).toBe('unloaded');
    const { rows, expected } = samplesOf('fraud_detector_v1_20240101.python');
    expect(await service.predict(rows)).toEqual(expected['predict']);
    expect(service.health().state).toBe('ready');
  });

  it('from app.services.base import BaseMLService', async () => {
    const library = await import('../../src/index.ts');
    expect(library.BaseMLService).toBe(BaseMLService);
  });

  it('class FraudDetectionService(BaseMLService):', () => {
    const registry = registryOf(fraudDirectory());
    expect(registry.create(FraudDetectionService)).toBeInstanceOf(BaseMLService);
    expect(registry.services()).toEqual(['fraud_detector']);
  });

  it('model_name = "fraud_detector"', async () => {
    class Unknown extends FraudDetectionService {
      override readonly modelName = 'fraud_detectr';
    }
    const registry = registryOf(fraudDirectory());
    expect((await registry.create(FraudDetectionService).load()).name).toBe('fraud_detector');
    await expect(registry.create(Unknown).load()).rejects.toMatchObject({
      code: 'ML_MODEL_NOT_FOUND',
      message: expect.stringContaining('fraud_detector'),
    });
  });

  it('model_version = "v1"', async () => {
    class Second extends FraudDetectionService {
      override readonly modelVersion = 'v2';
    }
    const registry = registryOf(fraudDirectory());
    expect((await registry.create(FraudDetectionService).load()).version).toBe('v1');
    expect((await registry.create(Second).load()).version).toBe('v2');
  });

  it('def predict(self, data):', async () => {
    const { rows, expected } = samplesOf('fraud_detector_v1_20240101.python');
    const service = registryOf(fraudDirectory()).create(FraudDetectionService);
    expect(await service.predict(rows)).toEqual(expected['predict']);
  });

  it('# Model is available as self.model', async () => {
    const service = registryOf(fraudDirectory()).create(FraudDetectionService);
    const { model } = service;
    await service.load();
    expect(service.model).toBe(model);
    expect(model.info).toMatchObject({ name: 'fraud_detector', version: 'v1', classes: [0, 1] });
  });

  it('return self.model.predict(data)', async () => {
    const { rows } = samplesOf('fraud_detector_v1_20240101.python');
    const service = registryOf(fraudDirectory()).create(FraudDetectionService);
    expect(await service.predict(rows)).toEqual(await service.model.predict(rows));
  });
});
