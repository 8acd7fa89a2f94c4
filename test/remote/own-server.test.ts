import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { BaseMLService, loadModel, type Model, MLServiceRegistry, readRows, serve } from '../../src/index.ts';
import { createFakeModel, createTestRegistry } from '../../src/testing/index.ts';
import { serving } from './servers.ts';

const local = new MLServiceRegistry({ modelsDir: 'models', env: {} });
afterAll(() => local.close());

async function both(name: string): Promise<readonly Model[]> {
  const { http, grpc } = await serving(local);
  const models = await Promise.all([
    loadModel(`oip+http://${http}/v2/models/${name}`),
    loadModel(`oip+grpc://${grpc}/${name}`),
  ]);
  onTestFinished(async () => {
    for (const model of models) await model.dispose();
  });
  return models;
}

const rows30 = (count: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: 30 }, (_value, j) => ((i * 31 + j * 17) % 97) / 7));

describe('a model on the own server', () => {
  it('answers as it does in process, by HTTP and gRPC, few rows in JSON and many in binary', async () => {
    const here = local.model('tumor_classifier');
    for (const model of await both('tumor_classifier')) {
      expect(model.info).toMatchObject({
        name: 'tumor_classifier',
        version: 'v1',
        format: 'oip',
        engine: 'onnxruntime-node_onnx',
        task: 'binary-classification',
        inputs: [{ name: 'X', dtype: 'float32', shape: [null, 30] }],
        sha256: '',
        path: undefined,
      });
      await here.predict(rows30(1));
      expect(model.info.classes).toEqual(here.info.classes);
      for (const count of [1, 200]) {
        const rows = rows30(count);
        expect(await model.predict(rows)).toEqual(await here.predict(rows));
        const [remote, own] = [await model.predictProba(rows), await here.predictProba(rows)];
        expect(remote.shape).toEqual(own.shape);
        expect(Array.from(remote.data)).toEqual(Array.from(own.data));
      }
      expect(await model.predictOne(rows30(1)[0] as never)).toEqual((await here.predict(rows30(1)))[0]);
    }
  });

  it('takes tensors by name, as run does in process', async () => {
    const here = await local.load('tumor_classifier');
    const X = { data: Float32Array.from(rows30(3).flat()), shape: [3, 30], dtype: 'float32' as const };
    const own = await here.run({ X });
    for (const model of await both('tumor_classifier')) {
      const remote = await model.run({ X });
      expect(Object.keys(remote)).toEqual(Object.keys(own));
      for (const [name, tensor] of Object.entries(own))
        expect(Array.from(remote[name]?.data ?? [])).toEqual(Array.from(tensor.data));
    }
  });

  it('is one line of configuration away for a service', async () => {
    class Tumor extends BaseMLService {
      override readonly modelName = 'tumor_classifier';
      override readonly modelVersion = 'v1';
      probabilities(rows: number[][]): Promise<unknown> {
        return this.model.predictProba(rows as never);
      }
    }
    const { http } = await serving(local);
    const moved = new MLServiceRegistry({
      modelsDir: 'models',
      env: { ML_MODEL_TUMOR_CLASSIFIER_PATH: `oip+http://${http}/v2/models/tumor_classifier` },
    });
    onTestFinished(() => moved.close());
    const [here, there] = [local.create(Tumor), moved.create(Tumor)];
    const [own, remote] = [await here.probabilities(rows30(4)), await there.probabilities(rows30(4))];
    expect(remote).toEqual(own);
    expect(moved.model('tumor_classifier', 'v1').info.format).toBe('oip');
    expect(moved.modelHealth('tumor_classifier', 'v1')).toMatchObject({
      state: 'ready',
      artefact: `oip+http://${http}/v2/models/tumor_classifier`,
    });
    const explained = await moved.explain('tumor_classifier', 'v1');
    expect(explained.candidates[0]?.id).toBe(`oip+http://${http}/v2/models/tumor_classifier`);
  });
});

describe('a gateway, all of whose models are elsewhere', () => {
  it('knows them: ready, index, metadata and unload', async () => {
    const { http } = await serving(local);
    const address = `oip+http://${http}/v2/models/tumor_classifier/versions/v1`;
    const registry = new MLServiceRegistry({
      modelsDir: 'no-such-folder',
      models: { gone: { path: 'no-such-file.onnx' } },
      env: { ML_MODEL_TUMOR_CLASSIFIER_PATH: address },
    });
    const server = await serve(registry, { port: 0, repositoryApi: true });
    onTestFinished(async () => {
      await server.close();
      await registry.close();
    });
    const ask = async (path: string, body?: object): Promise<unknown> => {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(`${server.url}/v2/${path}`, init);
      return { status: response.status, body: await response.json() };
    };
    const gone = { name: 'gone', version: '', state: 'UNAVAILABLE', reason: 'it cannot be loaded' };
    const churn = { name: 'tumor_classifier', version: 'v1', reason: '' };
    expect(await ask('models/tumor_classifier/ready')).toMatchObject({ status: 200, body: { ready: true } });
    expect(await ask('models/gone/ready')).toMatchObject({ status: 503, body: { ready: false } });
    expect(await ask('models/unknown/ready')).toMatchObject({ status: 404 });
    expect(await ask('repository/index', {})).toEqual({ status: 200, body: [gone, { ...churn, state: '' }] });
    expect(await ask('models/tumor_classifier')).toMatchObject({ status: 200, body: { versions: ['v1'] } });
    expect(await ask('repository/index', { ready: true })).toEqual({
      status: 200,
      body: [{ ...churn, state: 'READY' }],
    });
    expect(await ask('repository/models/tumor_classifier/unload', {})).toMatchObject({ status: 200 });
    expect(await ask('models/tumor_classifier/ready')).toMatchObject({ status: 503 });
  });
});

/** The values of a row, joined: what of the rows arrives. */
const echo = createFakeModel({
  predict: (rows) => {
    const reader = readRows(rows, { width: undefined, names: undefined, extraFeatures: 'error' });
    return Array.from({ length: reader.count }, (_, i) =>
      Array.from({ length: reader.width }, (_value, j) => String(reader.cell(i, j))).join('|'),
    );
  },
});

describe('rows of every kind', () => {
  const registry = createTestRegistry({ models: { echo } });
  afterAll(() => registry.close());

  it('arrive as matrices, columns or texts', async () => {
    const { http, grpc } = await serving(registry);
    for (const address of [`oip+http://${http}/v2/models/echo`, `oip+grpc://${grpc}/echo/v1`]) {
      const model = await loadModel(address);
      expect(
        await model.predict([
          [1, 2.5],
          [3, 4],
        ] as never),
      ).toEqual(['1|2.5', '3|4']);
      expect(
        await model.predict([
          { age: 1, city: 'Bern' },
          { age: 2, city: 'Ü' },
        ]),
      ).toEqual(['1|Bern', '2|Ü']);
      expect(await model.predict({ age: [1, 2], city: ['a', 'b'] })).toEqual(['1|a', '2|b']);
      expect(await model.predict(['one', 'two'] as never)).toEqual(['one', 'two']);
      expect(await model.predict([[1, null]] as never)).toEqual(['1|NaN']);
      const tensor = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'float32' as const };
      expect(await model.predict(tensor)).toEqual(['1|2', '3|4']);
      await model.dispose();
    }
  });

  it('that nothing can express are the caller’s to correct', async () => {
    const { http } = await serving(registry);
    const model = await loadModel(`oip+http://${http}/v2/models/echo`);
    onTestFinished(() => model.dispose());
    await expect(model.predict([{ a: new Date() }] as never)).rejects.toMatchObject({ code: 'ML_INPUT_DTYPE' });
  });
});
