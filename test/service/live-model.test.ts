import { describe, expect, it, vi } from 'vitest';
import { CacheEntry } from '../../src/cache/cache-entry.ts';
import { DenseTensor } from '../../src/data/dense-tensor.ts';
import { InputError } from '../../src/errors/input-error.ts';
import { EventBus } from '../../src/events/event-bus.ts';
import { deferred } from '../../src/internal/deferred.ts';
import type { BuiltModel } from '../../src/service/build-model.ts';
import { LiveModel, type ModelSource } from '../../src/service/live-model.ts';
import type { ServiceEventMap } from '../../src/spec/events.ts';
import type { LoadedModel } from '../../src/spec/model-loader.ts';
import type { StoredTensor } from '../../src/spec/stored-tensor.ts';
import type { ModelMethod, RowMethod } from '../../src/spec/model.ts';
import { placedInline } from './placed-inline.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { createFakeModel } from '../../src/testing/fake-model.ts';

const ROWS = [[1], [2], [3]];

function live(loaded: LoadedModel, loadedAlready = true) {
  const events = new EventBus();
  const built: BuiltModel = {
    loaded,
    info: {
      name: 'fraud',
      version: 'v1',
      format: 'mock',
      task: 'unknown',
      engine: 'fake',
      inputs: [],
      outputs: [],
      classes: undefined,
      featureNames: undefined,
      bytes: 10,
      sha256: '00',
      path: undefined,
    },
    ref: { model: 'fraud', version: 'v1', artefact: 'trained/fraud_v1.mock' },
    label: 'trained/fraud_v1.mock',
    bytes: 10,
    placed: placedInline(loaded),
    dispose: () => Promise.resolve(),
  };
  const entry = new CacheEntry({ key: 'fraud', value: built, pinned: false, clock: new FakeClock() });
  let isLoaded = loadedAlready;
  const source: ModelSource = {
    events,
    label: 'trained/fraud_v1.mock',
    tryAcquire() {
      if (!isLoaded) return undefined;
      entry.lease();
      return entry;
    },
    acquire() {
      isLoaded = true;
      entry.lease();
      return Promise.resolve(entry);
    },
    loaded: () => isLoaded,
    peek: () => built,
    dispose: () => Promise.resolve(),
  };
  const ended: ServiceEventMap['predict:end'][] = [];
  events.on('predict:end', (payload) => ended.push(payload));
  return { model: new LiveModel<unknown>(source), entry, ended, events };
}

const MATRIX_METHODS: readonly Exclude<RowMethod, 'predict'>[] = [
  'predictProba',
  'predictLogProba',
  'decisionFunction',
  'transform',
  'inverseTransform',
  'scoreSamples',
  'apply',
];

describe('methods', () => {
  it('predict gives an array, whatever array-like the loader gives', async () => {
    for (const given of [[1, 0, 1], Float64Array.of(1, 0, 1), { length: 3, 0: 1, 1: 0, 2: 1 }]) {
      const { model } = live(createFakeModel({ predict: () => given }));
      expect(await model.predict(ROWS)).toEqual([1, 0, 1]);
    }
    const tensor = new DenseTensor(BigInt64Array.of(1n, 0n), [2], 'int64');
    expect(await live({ predict: () => tensor as never }).model.predict(ROWS)).toEqual([1n, 0n]);
  });

  for (const method of MATRIX_METHODS) {
    it(`${method} gives a tensor and passes rows and options on`, async () => {
      const fake = createFakeModel({ [method]: [[0.25, 0.75]] });
      const { model } = live(fake);
      const options = { signal: new AbortController().signal };
      const result = await model[method](ROWS, options);
      expect(result).toBeInstanceOf(DenseTensor);
      expect(result.shape).toEqual([3, 2]);
      expect(Array.from(result.row(2) as Float64Array)).toEqual([0.25, 0.75]);
      expect(fake.calls).toEqual([{ method, input: ROWS, options }]);
      expect(fake.calls[0]?.input).toBe(ROWS);
    });
  }

  it('run gives every output as a tensor', async () => {
    const feeds = { x: { data: Float32Array.of(1, 2), shape: [2], dtype: 'float32' as const } };
    const { model, ended } = live(createFakeModel({ run: () => ({ y: feeds.x }) }));
    const { y } = await model.run(feeds);
    expect(y?.toArray()).toEqual([1, 2]);
    expect(ended).toMatchObject([{ method: 'run', rows: undefined }]);
  });

  it('tensor reads one of the tensors, under a lease, and tells no event', async () => {
    const reading = deferred<StoredTensor>();
    const w = { data: Float32Array.of(1, 2), bytes: new Uint8Array(8), shape: [2], dtype: 'float32' as const };
    const tensors = new Map([['w', { shape: [2], dtype: 'float32' as const }]]);
    const { model, entry, ended } = live({ tensors, tensor: () => reading.promise });
    expect(model.tensors).toEqual(tensors);
    const answer = model.tensor('w');
    expect(entry.leases).toBe(1);
    reading.resolve({ name: 'w', ...w });
    expect(await answer).toEqual({ name: 'w', ...w });
    expect(entry.leases).toBe(0);
    expect(ended).toEqual([]);
    await expect(model.tensor('v')).rejects.toMatchObject({
      code: 'ML_MODEL_PART_UNKNOWN',
      message: expect.stringContaining('it has w') as string,
    });
    await expect(model.tensor('w', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ML_ABORTED' });
    await expect(live({ tensors, tensor: () => 1 as never }).model.tensor('w')).rejects.toMatchObject({
      code: 'ML_LOADER_INVALID',
    });
  });

  it('a model without tensors has none, and a loader may say what to do instead', async () => {
    const { model } = live({ ...createFakeModel({ predict: [1] }), advice: 'ask someone else' });
    expect(model.tensors.size).toBe(0);
    await expect(model.tensor('w')).rejects.toMatchObject({
      code: 'ML_MODEL_METHOD_UNSUPPORTED',
      message: expect.stringContaining('ask someone else') as string,
    });
  });

  it('a fake model answers with the tensors that it is given', async () => {
    const w = { data: Float32Array.of(1), bytes: new Uint8Array(4), shape: [1], dtype: 'float32' as const };
    const fake = createFakeModel({ tensors: { w } });
    expect(await live(fake).model.tensor('w')).toEqual({ name: 'w', ...w });
    expect(fake.calls).toMatchObject([{ method: 'tensor', input: 'w' }]);
  });

  it('predictOne gives the value itself', async () => {
    const fake = createFakeModel({ predict: ['yes'] });
    expect(await live(fake).model.predictOne({ amount: 1 })).toBe('yes');
    expect(fake.calls[0]?.input).toEqual([{ amount: 1 }]);
  });

  it('predictOne refuses a model that gives another number of values', async () => {
    const { model } = live(createFakeModel({ predict: () => [1, 2] }));
    await expect(model.predictOne({})).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
  });

  it('that the model lacks name those it has', async () => {
    const { model, entry } = live(createFakeModel({ predict: [1], transform: [1] }));
    await expect(model.predictProba(ROWS)).rejects.toMatchObject({
      code: 'ML_MODEL_METHOD_UNSUPPORTED',
      message: 'trained/fraud_v1.mock has no predictProba; it has predict, transform',
      details: { method: 'predictProba', methods: ['predict', 'transform'] },
    });
    expect(model.methods).toEqual(['predict', 'transform']);
    expect(entry.leases).toBe(0);
  });

  it('of a loader that gives nonsense are refused as its fault', async () => {
    for (const nonsense of [undefined, null, 5, 'text', {}]) {
      const { model, entry } = live({ predict: () => nonsense as never, predictProba: () => nonsense as never });
      await expect(model.predict(ROWS)).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
      await expect(model.predictProba(ROWS)).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
      expect(entry.leases).toBe(0);
    }
  });

  it('are called on the loaded model itself', async () => {
    class Loaded implements LoadedModel {
      readonly #answer = 7;
      predict(): number[] {
        return [this.#answer];
      }
    }
    expect(await live(new Loaded()).model.predict([[1]])).toEqual([7]);
  });
});

describe('leases and events', () => {
  it.each(['sync', 'async'] as const)('a %s call holds a lease while it works, and tells its end', async (kind) => {
    const gate = deferred<void>();
    let leasesInside = -1;
    const { model, entry, ended } = live(
      createFakeModel({
        predict: (rows) => {
          leasesInside = entry.leases;
          return kind === 'sync' ? rows.map(() => 1) : gate.promise.then(() => rows.map(() => 1));
        },
      }),
    );
    const call = model.predict(ROWS);
    expect(leasesInside).toBe(1);
    expect(entry.leases).toBe(kind === 'sync' ? 0 : 1);
    gate.resolve();
    await call;
    expect(entry.leases).toBe(0);
    expect(ended).toEqual([
      {
        model: 'fraud',
        version: 'v1',
        artefact: 'trained/fraud_v1.mock',
        method: 'predict',
        rows: 3,
        durationMs: expect.any(Number),
        error: undefined,
      },
    ]);
  });

  it('rows are counted for every kind of rows', async () => {
    const { model, ended } = live(createFakeModel({ predict: () => [1] }));
    await model.predict({ data: Float64Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'float64' });
    await model.predict({ numRows: 5, schema: { fields: [] }, getChild: () => null });
    await model.predict([]);
    expect(ended.map(({ rows }) => rows)).toEqual([2, 5, 0]);
  });

  it.each([undefined, null, 5, 'text'])('rows that are none (%s) reach the loader and break nothing', async (rows) => {
    const { model, entry, ended } = live(createFakeModel({ predict: () => [1] }));
    expect(await model.predict(rows as never)).toEqual([1]);
    expect([entry.leases, ended.length]).toEqual([0, 1]);
  });

  it('no time is taken when nobody listens', async () => {
    const { model, events, ended } = live(createFakeModel({ predict: [1] }));
    const wants = vi.spyOn(events, 'wants').mockReturnValue(false);
    await model.predict(ROWS);
    expect(wants).toHaveBeenCalledWith('predict:end');
    expect(ended).toEqual([]);
  });

  it('a listener that throws breaks no prediction', async () => {
    const { model, events } = live(createFakeModel({ predict: [1] }));
    const warned = new Promise((resolve) => {
      process.once('warning', resolve);
    });
    events.on('predict:end', () => {
      throw new Error('my bug');
    });
    expect(await model.predict(ROWS)).toEqual([1, 1, 1]);
    await warned;
  });

  it('a model that is not loaded is loaded by the call', async () => {
    const { model, entry } = live(createFakeModel({ predict: [1] }), false);
    expect(await model.predict(ROWS)).toEqual([1, 1, 1]);
    expect(entry.leases).toBe(0);
  });
});

describe('errors', () => {
  it.each(['sync', 'async'] as const)('of a %s engine are wrapped, told and release the lease', async (kind) => {
    const cause = new Error('bad tensor');
    const { model, entry, ended } = live(
      createFakeModel({
        predict: () => {
          if (kind === 'sync') throw cause;
          return Promise.reject(cause);
        },
      }),
    );
    await expect(model.predict(ROWS)).rejects.toMatchObject({
      code: 'ML_PREDICT_FAILED',
      message: 'predict of trained/fraud_v1.mock failed: bad tensor',
      cause,
    });
    expect(entry.leases).toBe(0);
    expect(ended).toMatchObject([{ rows: 3, error: { code: 'ML_PREDICT_FAILED' } }]);
  });

  it('of the library pass as they are', async () => {
    const error = new InputError('ML_INPUT_SHAPE', 'wrong shape');
    const { model } = live(
      createFakeModel({
        predict: () => {
          throw error;
        },
      }),
    );
    await expect(model.predict(ROWS)).rejects.toBe(error);
  });

  it('that are no Error objects are wrapped too', async () => {
    const { model } = live({ predict: () => Promise.reject('just text') as never });
    await expect(model.predict(ROWS)).rejects.toMatchObject({ code: 'ML_PREDICT_FAILED', cause: 'just text' });
  });
});

describe('aborting', () => {
  it('before the call runs nothing', async () => {
    const fake = createFakeModel({ predict: [1] });
    const { model } = live(fake);
    const signal = AbortSignal.abort(new Error('no'));
    await expect(model.predict(ROWS, { signal })).rejects.toMatchObject({ code: 'ML_ABORTED', cause: signal.reason });
    expect(fake.calls).toEqual([]);
  });

  it('during the call lets the caller go and keeps the lease until the engine ends', async () => {
    const gate = deferred<number[]>();
    const { model, entry, ended } = live(createFakeModel({ predict: () => gate.promise }));
    const controller = new AbortController();
    const call = model.predict(ROWS, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'ML_ABORTED', retryable: true });
    expect([entry.leases, ended.length]).toEqual([1, 0]);
    gate.resolve([1, 1, 1]);
    await vi.waitFor(() => expect(entry.leases).toBe(0));
    expect(ended).toMatchObject([{ error: undefined }]);
  });

  it('leaves no unhandled rejection when the engine fails afterwards', async () => {
    const gate = deferred<number[]>();
    const { model, entry } = live(createFakeModel({ predict: () => gate.promise }));
    const controller = new AbortController();
    const call = model.predict(ROWS, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'ML_ABORTED' });
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    gate.reject(new Error('late'));
    await vi.waitFor(() => expect(entry.leases).toBe(0));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('parts and value', () => {
  const file = (): LoadedModel => ({
    parts: new Map<string, LoadedModel>([
      ['scaler', createFakeModel({ transform: [[1, 2]] })],
      ['model', createFakeModel({ predict: ['yes'], classes: ['no', 'yes'] })],
    ]),
  });

  it('are reached by name, with methods and info of their own', async () => {
    const { model } = live(file());
    expect(model.parts).toEqual(['scaler', 'model']);
    const part = model.part('model');
    expect(await part.predict(ROWS)).toEqual(['yes', 'yes', 'yes']);
    expect(part.methods).toEqual(['predict']);
    expect(part.info).toMatchObject({ name: 'fraud', classes: ['no', 'yes'], sha256: '00' });
    expect((await model.part('scaler').transform(ROWS)).shape).toEqual([3, 2]);
  });

  it('that are unknown name those there are', () => {
    const { model } = live(file());
    expect(() => model.part('encoder')).toThrow(
      expect.objectContaining({
        code: 'ML_MODEL_PART_UNKNOWN',
        message: expect.stringContaining('it has scaler, model'),
      }),
    );
    expect(() => live(createFakeModel({ predict: [1] })).model.part('x')).toThrow(/it holds a single object/);
  });

  it('of a model that is not loaded yet are looked for by their first call', async () => {
    expect(await live(file(), false).model.part('model').predict(ROWS)).toEqual(['yes', 'yes', 'yes']);
    const { model, entry } = live(file(), false);
    await expect(model.part('encoder').predict(ROWS)).rejects.toMatchObject({
      code: 'ML_MODEL_PART_UNKNOWN',
      message: 'trained/fraud_v1.mock has no part "encoder"; it has scaler, model',
    });
    expect(entry.leases).toBe(0);
  });

  it('are named when a method is asked of the whole', async () => {
    await expect(live(file()).model.predict(ROWS)).rejects.toMatchObject({
      code: 'ML_MODEL_METHOD_UNSUPPORTED',
      message: expect.stringContaining('it holds scaler, model: choose one with part(name)'),
    });
  });

  it('value is the content of a file of data, even if that is undefined', () => {
    expect(live({ value: { threshold: 0.5 } }).model.value).toEqual({ threshold: 0.5 });
    expect(live({ value: undefined }).model.value).toBeUndefined();
    const { model } = live(createFakeModel({ predict: [1] }));
    expect(() => model.value).toThrow(expect.objectContaining({ code: 'ML_MODEL_METHOD_UNSUPPORTED' }));
  });

  it.each(['constructor', '__proto__', 'toString'])('no part is named %s unless the file says so', (name) => {
    expect(() => live(file()).model.part(name)).toThrow(expect.objectContaining({ code: 'ML_MODEL_PART_UNKNOWN' }));
  });
});

it('every method of a model is reachable', async () => {
  const all: ModelMethod[] = ['predict', ...MATRIX_METHODS, 'run'];
  const { model } = live(
    createFakeModel({ ...Object.fromEntries(MATRIX_METHODS.map((m) => [m, [1]])), predict: [1], run: () => ({}) }),
  );
  expect([...model.methods].sort()).toEqual([...all].sort());
});
