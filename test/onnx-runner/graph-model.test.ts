import { describe, expect, it } from 'vitest';
import type { OrtSession, OrtTensor } from '../../src/engines/onnxruntime-api.ts';
import { OnnxSession } from '../../src/engines/onnxruntime-session.ts';
import { createGraphModel, type OnnxGraph } from '../../src/onnx-runner/graph-model.ts';
import type { LoadedModel, ModelWarning } from '../../src/spec/model-loader.ts';
import { FakeTensor, fakeRuntime } from './fake-ort.ts';
import { contextOf } from './harness.ts';

const graph: OnnxGraph = {
  inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 1] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 1] }],
  task: 'regression',
  roles: { value: 'y' },
  classes: undefined,
  steps: [],
  rowsIndependent: false,
  diesOnEmpty: undefined,
  byteSize: 10,
};

async function modelOf(run: OrtSession['run'], warnings: ModelWarning[] = []): Promise<LoadedModel> {
  const session = await OnnxSession.create(fakeRuntime(run), {
    bytes: new Uint8Array(1),
    externalData: [],
    options: {},
  });
  const features = { features: ['a'], name: 'm', version: 'v1', extra: {} };
  return createGraphModel(session, graph, contextOf(new Uint8Array(), { metadata: features, warnings }));
}

const answer = (tensor: OrtTensor) => (): Promise<Record<string, OrtTensor>> => Promise.resolve({ y: tensor });

describe('createGraphModel', () => {
  it('refuses outputs that have another number of rows', async () => {
    const model = await modelOf(answer(new FakeTensor('float32', Float32Array.of(1), [1, 1])));
    await expect(model.predict?.([[1], [2]], {})).rejects.toMatchObject({ code: 'ML_PREDICT_FAILED' });
    expect(await model.predict?.([[1]], {})).toEqual([1]);
  });

  it("keeps the engine's words when it fails", async () => {
    const model = await modelOf(() => Promise.reject(new Error('out of\n memory')));
    await expect(model.predict?.([[1]], {})).rejects.toMatchObject({
      code: 'ML_PREDICT_FAILED',
      message: 'onnxruntime-node 1.30.0 failed: out of memory',
    });
  });

  it('refuses an element type that has no JavaScript form', async () => {
    const model = await modelOf(answer(new FakeTensor('uint4', new Uint8Array(1), [1, 1])));
    await expect(model.predict?.([[1]], {})).rejects.toMatchObject({ code: 'ML_FORMAT_UNSUPPORTED' });
  });

  it('widens half-precision outputs, given as bits or as numbers', async () => {
    for (const data of [Uint16Array.of(0x3c00), [1]]) {
      const model = await modelOf(answer(new FakeTensor('float16', data, [1, 1])));
      const feeds = { x: { data: [1], shape: [1, 1], dtype: 'float32' as const } };
      expect(await model.run?.(feeds, {})).toMatchObject({ y: { dtype: 'float16', data: Float32Array.of(1) } });
    }
  });

  it('warns once per call of keys that are no feature', async () => {
    const warnings: ModelWarning[] = [];
    const model = await modelOf(answer(new FakeTensor('float32', Float32Array.of(1, 2), [2, 1])), warnings);
    await model.predict?.(
      [
        { a: 1, b: 2 },
        { a: 1, b: 3 },
      ],
      {},
    );
    expect(warnings).toEqual([{ code: 'extra-features', message: expect.stringContaining('b') as string }]);
  });

  it('waits for the runs in flight when it is disposed, and can be disposed twice', async () => {
    let finish = (): void => undefined;
    const model = await modelOf(
      () =>
        new Promise(
          (resolve) => (finish = () => resolve({ y: new FakeTensor('float32', Float32Array.of(5), [1, 1]) })),
        ),
    );
    const prediction = model.predict?.([[1]], {});
    const disposed = Promise.all([model.dispose?.(), model.dispose?.()]);
    finish();
    expect(await prediction).toEqual([5]);
    await disposed;
    await expect(model.predict?.([[1]], {})).rejects.toMatchObject({ code: 'ML_MODEL_DISPOSED' });
  });
});
