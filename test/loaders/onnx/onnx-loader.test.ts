import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoaderError } from '../../../src/errors/loader-error.ts';
import { buildError } from '../../../src/onnx-runner/engine-errors.ts';
import { createOnnxLoader, loader } from '../../../src/loaders/onnx/onnx-loader.ts';
import type { LoadedModel, ModelWarning } from '../../../src/spec/model-loader.ts';
import type { ModelMetadata } from '../../../src/spec/metadata.ts';
import { fakeRuntime } from '../../onnx-runner/fake-ort.ts';
import { contextOf, contextOfFile, FIXTURES, type HarnessOptions } from '../../onnx-runner/harness.ts';

const load = async (name: string, options: HarnessOptions = {}): Promise<LoadedModel> =>
  loader.load(contextOfFile(join(FIXTURES, `${name}.onnx`), options));

const metadata = (fields: Partial<ModelMetadata>): ModelMetadata => ({
  name: 'm',
  version: 'v1',
  extra: {},
  ...fields,
});

describe('load', () => {
  it('tells its phases, the model and its size', async () => {
    const phases: string[] = [];
    const model = await load('zipmap_string', { phases });
    expect(phases).toEqual(['parse', 'build']);
    expect(model.info).toMatchObject({
      task: 'multiclass-classification',
      engine: 'onnxruntime-node',
      classes: ['setosa', 'versicolor', 'virginica'],
    });
    expect(model.byteSize).toBeGreaterThan(100_000);
    await model.dispose?.();
  });

  it('gives back the classes of the metadata', async () => {
    const model = await load('labels_bool', { metadata: metadata({ classes: [false, true] }) });
    expect(model.info?.classes).toEqual([false, true]);
    expect(
      await model.predict?.(
        [
          [5.1, 3.5, 1.4, 0.2],
          [7.7, 3, 6.1, 2.3],
        ],
        {},
      ),
    ).toEqual([false, true]);
    await model.dispose?.();
  });

  it('takes records by the names of the metadata', async () => {
    const features = ['a', 'b', 'c', 'd'];
    const model = await load('zipmap_string', { metadata: metadata({ features }) });
    expect(await model.predict?.([{ d: 0.2, c: 1.4, b: 3.5, a: 5.1 }], {})).toEqual(['setosa']);
    expect(await model.predict?.([], {})).toEqual([]);
    expect(await model.predictProba?.([], {})).toMatchObject({ shape: [0, 3] });
    await model.dispose?.();
  });

  it('refuses roles of the metadata that do not exist', async () => {
    await expect(
      load('zipmap_string', { metadata: metadata({ outputs: { label: 'nowhere' } }) }),
    ).rejects.toMatchObject({
      code: 'ML_METADATA_INVALID',
    });
  });

  it('hands the engine external data from memory, and refuses files that are too short', async () => {
    const bytes = readFileSync(join(FIXTURES, 'ext.onnx'));
    const data = readFileSync(join(FIXTURES, 'ext.onnx.data'));
    const whole = { 'ext.onnx.data': data };
    const model = await loader.load(contextOf(bytes, { companions: whole }));
    await model.dispose?.();
    const short = { 'ext.onnx.data': data.subarray(0, data.length - 1) };
    await expect(loader.load(contextOf(bytes, { companions: short }))).rejects.toMatchObject({
      code: 'ML_FORMAT_TRUNCATED',
    });
    await expect(loader.load(contextOf(bytes))).rejects.toMatchObject({ code: 'ML_ARTEFACT_MISSING' });
    expect(await loader.scan?.(contextOf(bytes))).toMatchObject([
      { severity: 'malformed', code: 'ML_ARTEFACT_MISSING' },
    ]);
    expect(await loader.scan?.(contextOf(bytes, { companions: whole }))).toEqual([]);
  });

  it('warns of outputs that are left out', async () => {
    const warnings: ModelWarning[] = [];
    const model = await load('sequence_beside_tensor', { warnings });
    expect(warnings).toEqual([{ code: 'output-not-a-tensor', message: expect.stringContaining('seq') as string }]);
    await model.dispose?.();
  });

  it('keeps empty tensors from TopK, which would end the process', async () => {
    const model = await load('topk');
    const feeds = { x: { data: [], shape: [0, 3], dtype: 'float32' as const } };
    await expect(model.run?.(feeds, {})).rejects.toMatchObject({ code: 'ML_INPUT_SHAPE' });
    await model.dispose?.();
  });

  it('stops when it is aborted', async () => {
    await expect(load('pca', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ML_ABORTED' });
  });

  it('checks its options before anything else', async () => {
    await expect(load('pca', { options: { engine: 'x' } })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
    const session = { graphOptimizationLevel: 'nonsense' };
    await expect(load('pca', { options: { session } })).rejects.toMatchObject({ code: 'ML_OPTIONS_INVALID' });
  });

  it('says which package is missing', async () => {
    const missing = createOnnxLoader(() => Promise.reject(new LoaderError('ML_LOADER_DEPENDENCY_MISSING', 'none')));
    await expect(missing.load(contextOfFile(join(FIXTURES, 'pca.onnx')))).rejects.toMatchObject({
      code: 'ML_LOADER_DEPENDENCY_MISSING',
    });
  });

  it('releases the session when the load is aborted while it is built', async () => {
    const abort = new AbortController();
    let released = 0;
    const runtime = fakeRuntime();
    const create = async (): Promise<Awaited<ReturnType<typeof runtime.ort.InferenceSession.create>>> => {
      abort.abort();
      const session = await runtime.ort.InferenceSession.create(new Uint8Array(), {});
      return { ...session, release: () => Promise.resolve(void released++) };
    };
    const slow = createOnnxLoader(() =>
      Promise.resolve({ ...runtime, ort: { ...runtime.ort, InferenceSession: { create } } }),
    );
    const context = contextOfFile(join(FIXTURES, 'pca.onnx'), { signal: abort.signal });
    await expect(slow.load(context)).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(released).toBe(1);
  });
});

describe('inspect', () => {
  it('describes a file without an engine', async () => {
    const idle = createOnnxLoader(() => Promise.reject(new Error('no engine')));
    expect(await idle.inspect?.(contextOfFile(join(FIXTURES, 'zipmap_string.onnx')))).toMatchObject({
      task: 'multiclass-classification',
      outputs: [{ name: 'output_label' }, { name: 'output_probability', dtype: 'float32' }],
      details: { operators: expect.objectContaining({ 'ai.onnx.ml.ZipMap': 1 }) as object },
    });
  });
});

describe('buildError', () => {
  it.each([
    ['Invalid argument: sessionOptions.intraOpNumThreads must be a number.', 'ML_OPTIONS_INVALID'],
    ['no available backend found. ERR: [cuda] backend not found.', 'ML_OPTIONS_INVALID'],
    ['Unsupported model IR version: 99, max supported IR version: 13', 'ML_FORMAT_UNSUPPORTED'],
    ['Opset 99 is under development and support for this is limited', 'ML_FORMAT_UNSUPPORTED'],
    ['Could not find an implementation for Add(6) node', 'ML_FORMAT_UNSUPPORTED'],
    ['Failed to find kernel for Cast(19) from CPUExecutionProvider', 'ML_FORMAT_UNSUPPORTED'],
    ['Failed to load model because protobuf parsing failed.', 'ML_FORMAT_MALFORMED'],
  ])('%s', (text, code) => {
    const error = buildError(new Error(text), fakeRuntime(), 'ai.onnx opset 17');
    expect(error.code).toBe(code);
    expect(error.message).toContain('1.30.0');
  });
});
