import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MLServiceRegistry, type PublishingAction, publishModel } from '../../src/index.ts';
import {
  emptyModels,
  everythingIn,
  FIRST,
  MODELS,
  SECOND,
  sha256Of,
  temporaryFolder,
  TWO_FILES,
  whatLoads,
} from './fixture.ts';

describe('publishModel', () => {
  it('fills in name, version, date, size, checksum and what the file tells of itself', async () => {
    const modelsDir = await emptyModels();
    const file = join(MODELS, 'trained', 'fraud_detector_v2_20240301.joblib');
    const done = await publishModel(file, {
      modelsDir,
      metadata: { description: 'fraud', metrics: { accuracy: 0.9 }, trained_on: 'set 1' },
      trainingScript: join(MODELS, 'training', 'fraud.py'),
    });
    expect(done).toMatchObject({
      name: 'fraud_detector',
      version: '2.0.0',
      id: 'trained/fraud_detector_v2_20240301.joblib',
    });
    const written = JSON.parse(
      await readFile(join(modelsDir, 'metadata', 'fraud_detector_v2_20240301.json'), 'utf8'),
    ) as object;
    expect(written).toMatchObject({
      name: 'fraud_detector',
      version: '2.0.0',
      description: 'fraud',
      algorithm: 'GradientBoostingClassifier',
      framework: 'scikit-learn',
      framework_version: '1.7.2',
      trained_on: 'set 1',
      features: ['amount', 'merchant_category', 'time_of_day', 'account_age_days', 'transactions_last_24h'],
      metrics: { accuracy: 0.9 },
      file_path: 'trained/fraud_detector_v2_20240301.joblib',
      checksum: `sha256:${await sha256Of(file)}`,
      classes: [0, 1],
      requirements: ['joblib', 'numpy', 'scikit-learn==1.7.2'],
      training: { script: 'training/fraud_detector_v2_20240301/fraud.py' },
    });
    const fields = Object.keys(written);
    expect(fields.indexOf('algorithm')).toBeLessThan(fields.indexOf('file_path'));
    expect(await whatLoads(modelsDir)).toEqual({ [done.id]: await sha256Of(file) });
    expect(await sha256Of(join(modelsDir, 'training/fraud_detector_v2_20240301/fraud.py'))).toBe(
      await sha256Of(join(MODELS, 'training', 'fraud.py')),
    );
  });

  it('counts on from the highest version', async () => {
    const modelsDir = await emptyModels();
    const options = { modelsDir, name: 'tumor', date: '2026-01-31' };
    const versions: string[] = [];
    for (const [file, version] of [
      [FIRST, 'minor'],
      [SECOND, 'minor'],
      [FIRST, 'patch'],
      [SECOND, 'major'],
      [FIRST, 'v7'],
      [SECOND, 'minor'],
    ] as const)
      versions.push((await publishModel(file, { ...options, version, load: false })).id);
    expect(versions).toEqual(
      ['v1.0.0', 'v1.1.0', 'v1.1.1', 'v2.0.0', 'v7', 'v7.1.0'].map((label) => `trained/tumor_${label}_20260131.pkl`),
    );
  });

  it('takes name and version from the metadata, and options before that', async () => {
    const modelsDir = await emptyModels();
    const metadata = { name: 'tumor', version: '3.1.0', algorithm: 'told' };
    const told = await publishModel(FIRST, { modelsDir, metadata, load: false });
    expect(told).toMatchObject({ name: 'tumor', version: '3.1.0', metadata: { algorithm: 'told' } });
    expect(await publishModel(SECOND, { modelsDir, metadata, version: '4.0.0', load: false })).toMatchObject({
      version: '4.0.0',
    });
  });

  it('never overwrites a version: not with the same bytes, other bytes, another date or another format', async () => {
    const modelsDir = await emptyModels();
    const options = { modelsDir, name: 'tumor', version: 'v1', load: false };
    await publishModel(FIRST, { ...options, date: '20260101' });
    const before = await everythingIn(modelsDir);
    for (const [file, more, identical] of [
      [FIRST, { date: '20260101' }, true],
      [SECOND, { date: '20260101' }, false],
      [FIRST, { date: '20260202' }, true],
      [SECOND, { date: '20260202', version: '1.0.0' }, false],
      [join(MODELS, 'trained', 'tumor_classifier_v1_20240220.onnx'), { date: '20260101' }, false],
    ] as const)
      await expect(publishModel(file, { ...options, ...more })).rejects.toMatchObject({
        code: 'ML_PUBLISH_EXISTS',
        details: { identical },
      });
    // Nor is the same file published again because a job ran twice.
    const plain = join(await temporaryFolder(), 'tumor.pkl');
    await copyFile(FIRST, plain);
    await expect(publishModel(plain, { modelsDir, load: false })).rejects.toMatchObject({ code: 'ML_PUBLISH_EXISTS' });
    expect(await everythingIn(modelsDir)).toEqual(before);
  });

  it('lets one of several win that publish the same version at once', async () => {
    const modelsDir = await emptyModels();
    const files = [FIRST, SECOND, FIRST, SECOND];
    const results = await Promise.allSettled(
      files.map((file, i) => publishModel(file, { modelsDir, name: 'tumor', version: 'v1', date: `2026010${i + 1}` })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ML_PUBLISH_EXISTS' });
    expect(Object.keys(await whatLoads(modelsDir))).toHaveLength(1);
  });

  it('gives versions in turn to several that publish at once', async () => {
    const modelsDir = await emptyModels();
    const files = [FIRST, SECOND, join(MODELS, 'trained', 'tumor_classifier_v1_20240115.pkl')];
    const done = await Promise.all(
      files.map((file) => publishModel(file, { modelsDir, name: 'tumor', version: 'minor', load: false })),
    );
    expect(done.map(({ version }) => version).sort()).toEqual(['1.0.0', '1.1.0', '1.2.0']);
  });

  it('publishes a model of several files as a folder with every checksum', async () => {
    const modelsDir = await emptyModels();
    const done = await publishModel(TWO_FILES, { modelsDir, name: 'graph', version: 'v1', date: '20260101' });
    expect(done).toMatchObject({
      id: 'trained/graph_v1_20260101/model.onnx',
      metadata: { files: { 'trained/graph_v1_20260101/ext.onnx.data': expect.stringMatching(/^sha256:/) as string } },
    });
    expect(await whatLoads(modelsDir)).toEqual({ [done.id]: await sha256Of(TWO_FILES) });
    await writeFile(join(modelsDir, 'trained/graph_v1_20260101/ext.onnx.data'), 'other bytes of some length');
    await expect(whatLoads(modelsDir)).rejects.toMatchObject({ code: 'ML_CHECKSUM_MISMATCH' });
  });

  it('publishes a folder that is a model as it is', async () => {
    const modelsDir = await emptyModels();
    const folder = join(await temporaryFolder(), 'net');
    await mkdir(folder);
    // The topology and weights of a TensorFlow.js model: one dense layer.
    const weights = Buffer.from(new Float32Array([2, 3]).buffer);
    await writeFile(join(folder, 'weights.bin'), weights);
    await writeFile(join(folder, 'model.json'), TFJS);
    const done = await publishModel(folder, { modelsDir, name: 'net', version: 'v1', date: '20260101' });
    expect(done).toMatchObject({ id: 'trained/net_v1_20260101', metadata: { framework: 'keras' } });
    expect(Object.keys(done.metadata.files ?? {})).toEqual([
      'trained/net_v1_20260101/model.json',
      'trained/net_v1_20260101/weights.bin',
    ]);
    expect(Object.keys(await whatLoads(modelsDir))).toEqual(['trained/net_v1_20260101']);
    // The same model, named by its main file.
    const again = await publishModel(join(folder, 'model.json'), {
      modelsDir,
      name: 'net',
      version: 'v2',
      date: '20260101',
    });
    expect(again.checksum).toBe(done.checksum);
  });

  it('keeps samples with the answers, compared with those expected', async () => {
    const modelsDir = await emptyModels();
    const python = join(MODELS, 'samples', 'tumor_classifier_v1_20240115.python.json');
    const { input, expected } = JSON.parse(await readFile(python, 'utf8')) as {
      readonly input: readonly unknown[];
      readonly expected: { readonly predict: readonly unknown[]; readonly predict_proba: readonly unknown[] };
    };
    const samples = {
      rows: input.slice(0, 4),
      predict: expected.predict.slice(0, 4),
      predict_proba: expected.predict_proba.slice(0, 4),
    };
    const done = await publishModel(FIRST, { modelsDir, name: 'tumor', version: 'v1', samples });
    expect(done.worst).toBeLessThan(1e-12);
    expect(done.metadata.samples).toMatchObject(samples);
    const wrong = { rows: samples.rows, predict: ['benign', 'benign', 'benign', 'benign'] };
    const { predict } = samples;
    expect(predict).not.toEqual(wrong.predict);
    await expect(
      publishModel(FIRST, { modelsDir, name: 'tumor', version: 'v2', samples: wrong }),
    ).rejects.toMatchObject({
      code: 'ML_PUBLISH_REFUSED',
      details: { method: 'predict' },
    });
    const own = await publishModel(SECOND, {
      modelsDir,
      name: 'tumor',
      version: 'v2',
      samples: { rows: samples.rows },
    });
    expect(own.worst).toBeUndefined();
    expect(own.metadata.samples?.predict).toHaveLength(4);
    expect(own.metadata.samples?.predict_proba?.[0]).toHaveLength(2);
  });

  it('refuses what is not safe, does not load, or is of another kind than it says', async () => {
    const modelsDir = await emptyModels();
    const folder = await temporaryFolder();
    const put = async (name: string, content: string | Uint8Array): Promise<string> => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    const options = { modelsDir, name: 'x', sidecar: 'off' } as const;
    await expect(publishModel(await put('evil.pkl', "cos\nsystem\n(S'true'\ntR."), options)).rejects.toMatchObject({
      code: 'ML_PUBLISH_REFUSED',
      details: { findings: expect.arrayContaining([expect.objectContaining({ code: 'ML_FORMAT_UNSAFE' })]) as unknown },
    });
    const pointer = await put('lfs.pkl', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
    await expect(publishModel(pointer, options)).rejects.toMatchObject({ code: 'ML_ARTEFACT_LFS_POINTER' });
    const odd = await put('odd.onnx', await readFile(FIRST));
    await expect(publishModel(odd, options)).rejects.toMatchObject({ code: 'ML_FORMAT_EXTENSION_MISMATCH' });
    const metadata = { checksum: `sha256:${'0'.repeat(64)}` };
    await expect(publishModel(FIRST, { ...options, metadata })).rejects.toMatchObject({ code: 'ML_CHECKSUM_MISMATCH' });
    for (const name of ['../x', 'a b', 'a\\b', '.x', 'x\n', ''])
      await expect(publishModel(FIRST, { ...options, name, version: 'v1' })).rejects.toMatchObject({
        code: 'ML_OPTIONS_INVALID',
      });
    await expect(publishModel(FIRST, { ...options, version: '1.x' })).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
    });
    await expect(publishModel(FIRST, { ...options, modelsDir: join(folder, 'nowhere') })).rejects.toMatchObject({
      code: 'ML_ARTEFACT_MISSING',
    });
    expect(await whatLoads(modelsDir)).toEqual({});
  });

  it('writes nothing in a dry run, and nothing that is not allowed', async () => {
    const modelsDir = await emptyModels();
    const before = await everythingIn(modelsDir);
    const dry = await publishModel(FIRST, { modelsDir, name: 'tumor', version: 'v1', dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, id: expect.stringMatching(/^trained\/tumor_v1_\d{8}\.pkl$/) as string });
    expect(await everythingIn(modelsDir)).toEqual(before);
    const asked: PublishingAction[] = [];
    const authorize = (action: PublishingAction): void => {
      asked.push(action);
      throw new Error('not you');
    };
    await expect(publishModel(FIRST, { modelsDir, name: 'tumor', version: 'v1', authorize })).rejects.toThrow(
      'not you',
    );
    expect(asked).toMatchObject([{ action: 'publish', models: [{ name: 'tumor', version: '1.0.0' }] }]);
    expect(await whatLoads(modelsDir)).toEqual({});
    expect(await readdir(join(modelsDir, 'trained'))).toEqual([]);
  });

  it('puts other areas beside each other', async () => {
    const modelsDir = await emptyModels();
    const options = { modelsDir, name: 'm', version: 'v1', date: '20260101', load: false };
    for (const area of ['trained', 'preprocessing', 'checkpoints'] as const)
      await publishModel(FIRST, { ...options, area });
    expect(Object.keys(await whatLoads(modelsDir))).toEqual([
      'checkpoints/m_v1_20260101.pkl',
      'preprocessing/m_v1_20260101.pkl',
      'trained/m_v1_20260101.pkl',
    ]);
  });

  it('is seen whole by a registry that watches, however often', async () => {
    const modelsDir = await emptyModels();
    const registry = new MLServiceRegistry({
      modelsDir,
      watch: true,
      verification: 'require',
      sidecar: 'off',
      env: {},
    });
    const bare: string[] = [];
    const look = async (): Promise<number> => {
      const records = await registry.models();
      bare.push(...records.filter(({ metadata }) => metadata?.checksum === undefined).map(({ id }) => id));
      return records.length;
    };
    await look();
    const changes: Promise<number>[] = [];
    registry.on('repository:change', () => void changes.push(look()));
    for (let i = 1; i <= 8; i += 1) {
      await publishModel(i % 2 === 0 ? FIRST : SECOND, { modelsDir, name: 'tumor', version: `v${i}`, load: false });
      registry.refresh();
      expect(await look()).toBeGreaterThanOrEqual(i);
    }
    while ((await look()) < 8) await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all(changes);
    expect(bare).toEqual([]);
    await registry.close();
  });
});

const TFJS: string = JSON.stringify({
  format: 'layers-model',
  generatedBy: 'keras v2.15.0',
  convertedBy: 'TensorFlow.js Converter v4.22.0',
  modelTopology: {
    keras_version: '2.15.0',
    backend: 'tensorflow',
    model_config: {
      class_name: 'Sequential',
      config: {
        name: 'net',
        layers: [
          {
            class_name: 'InputLayer',
            config: { batch_input_shape: [null, 1], dtype: 'float32', sparse: false, ragged: false, name: 'x' },
          },
          {
            class_name: 'Dense',
            config: {
              name: 'dense',
              trainable: true,
              dtype: 'float32',
              units: 1,
              activation: 'linear',
              use_bias: true,
            },
          },
        ],
      },
    },
  },
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: [
        { name: 'dense/kernel', shape: [1, 1], dtype: 'float32' },
        { name: 'dense/bias', shape: [1], dtype: 'float32' },
      ],
    },
  ],
});
