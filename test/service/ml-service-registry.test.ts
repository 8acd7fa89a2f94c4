import { channel } from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import { BaseMLService, MLServiceRegistry } from '../../src/index.ts';
import { deferred } from '../../src/internal/deferred.ts';
import {
  createFakeModel,
  createMemoryRepository,
  createMockLoader,
  createTestRegistry,
  FakeClock,
} from '../../src/testing/index.ts';
import { record, recordStates, settle } from './registry-fixture.ts';

const fraud = () => createFakeModel({ predict: [1] });

describe('a load', () => {
  it('tells its phases with milliseconds and bytes, in order', async () => {
    const bytes = new Uint8Array(1_000);
    const loader = createMockLoader({
      model(context) {
        context.phase('build');
        context.phase('warm-up');
        return createFakeModel({ predict: [1], byteSize: 5_000 });
      },
    });
    const registry = new MLServiceRegistry({
      env: {},
      repository: createMemoryRepository({ 'fraud_v1_20240101.mock': bytes }),
      loaders: [loader],
    });
    const events = record(
      registry,
      'load:start',
      'load:progress',
      'verify:end',
      'load:end',
      'memory:sample',
      'health:change',
    );
    await registry.load('fraud', 'v1');
    expect(events.map(({ name }) => name)).toEqual([
      'health:change',
      'load:start',
      'load:progress',
      'verify:end',
      'load:end',
      'memory:sample',
      'health:change',
    ]);
    const ref = { model: 'fraud', version: 'v1', artefact: 'trained/fraud_v1_20240101.mock' };
    const payloadOf = (name: string) => events.find((event) => event.name === name)?.payload;
    expect(payloadOf('load:start')).toEqual({ ...ref, requested: 'v1' });
    expect(payloadOf('load:progress')).toEqual({ ...ref, bytesRead: 1_000, bytesTotal: 1_000 });
    expect(payloadOf('verify:end')).toMatchObject({ ...ref, result: 'skipped' });
    const end = payloadOf('load:end');
    expect(end).toMatchObject({ ...ref, format: 'mock', engine: 'fake', bytes: 5_000, verified: false });
    const { phases, durationMs } = end as unknown as { phases: Record<string, number>; durationMs: number };
    expect(Object.keys(phases).sort()).toEqual(['build', 'parse', 'read', 'resolve', 'verify', 'warm-up']);
    expect(Object.values(phases).every((ms) => ms >= 0 && ms <= durationMs)).toBe(true);
    expect(Object.values(phases).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(durationMs + 0.001);
    expect(payloadOf('memory:sample')).toMatchObject({
      residentBytes: 5_000,
      perModel: { 'trained/fraud_v1_20240101.mock': 5_000 },
      rssBytes: expect.any(Number),
    });
  });

  it('publishes the same payloads on node:diagnostics_channel', async () => {
    const registry = createTestRegistry({ models: { fraud: fraud() } });
    const listened = record(registry, 'load:end', 'predict:end');
    const published: unknown[] = [];
    const collect = (message: unknown): void => void published.push(message);
    for (const name of ['load:end', 'predict:end']) channel(`base-ml-service:${name}`).subscribe(collect);
    await registry.model('fraud').predict([[1]]);
    for (const name of ['load:end', 'predict:end']) channel(`base-ml-service:${name}`).unsubscribe(collect);
    expect(published).toHaveLength(2);
    expect(published).toEqual(listened.map(({ payload }) => payload));
  });

  it('that fails tells the phase and the error that callers get', async () => {
    const registry = createTestRegistry({
      models: {
        fraud: () => {
          throw new Error('bad weights');
        },
      },
    });
    const events = record(registry, 'load:error', 'load:end');
    const failure = await registry.load('fraud').catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'ML_LOADER_FAILED',
      message: 'loader "mock" failed on fraud_v1.mock: bad weights',
      cause: { message: 'bad weights' },
    });
    expect(events).toMatchObject([{ name: 'load:error', payload: { model: 'fraud', phase: 'parse', error: failure } }]);
  });

  it('that takes too long fails, and what arrives later is disposed', async () => {
    const clock = new FakeClock();
    const gate = deferred<void>();
    const late = fraud();
    const registry = new MLServiceRegistry({
      env: {},
      clock,
      loadTimeoutMs: 5_000,
      repository: createMemoryRepository({ 'fraud_v1.mock': 'x' }),
      loaders: [createMockLoader({ model: () => gate.promise.then(() => late) })],
    });
    const refused = expect(registry.load('fraud')).rejects.toMatchObject({
      code: 'ML_LOAD_TIMEOUT',
      details: { loadTimeoutMs: 5_000, phase: 'parse' },
    });
    await clock.advance(5_000);
    await refused;
    expect(registry.modelHealth('fraud').state).toBe('failed');
    gate.resolve();
    await settle();
    expect(late.disposals).toBe(1);
    expect(registry.health().memory).toMatchObject({ residentBytes: 0, reservedBytes: 0 });
  });

  it('that ends leaves no timer behind', async () => {
    const clock = new FakeClock();
    const registry = createTestRegistry({ clock, models: { fraud: fraud() } });
    await registry.load('fraud');
    expect(clock.pending).toBe(0);
  });

  it('of 10,000 first calls at the same time is one load', async () => {
    let loads = 0;
    const registry = createTestRegistry({
      models: {
        fraud: () => {
          loads += 1;
          return fraud();
        },
      },
    });
    const model = registry.model('fraud');
    const results = await Promise.all(Array.from({ length: 10_000 }, () => model.predict([[1]])));
    expect([loads, results.length]).toEqual([1, 10_000]);
    expect(results.every(([value]) => value === 1)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['no methods', { info: {} }],
    ['a size that is no number', { predict: () => [1], byteSize: Number.NaN }],
    ['a negative size', { predict: () => [1], byteSize: -1 }],
  ])('refuses a loader that gives %s', async (_, model) => {
    const registry = createTestRegistry({ models: { fraud: () => model as never } });
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
    expect(registry.health().memory).toMatchObject({ residentBytes: 0, reservedBytes: 0 });
  });

  it('disposes what a loader gave if it cannot be used', async () => {
    const dispose = vi.fn();
    const registry = createTestRegistry({ models: { fraud: () => ({ byteSize: -1, predict: () => [1], dispose }) } });
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_LOADER_INVALID' });
    expect(dispose).toHaveBeenCalledOnce();
  });

  it('a dispose that fails is a warning and no more', async () => {
    const registry = createTestRegistry({
      models: { fraud: { predict: () => [1], dispose: () => Promise.reject(new Error('stuck')) } },
    });
    await registry.load('fraud');
    const warned = new Promise<Error>((resolve) => {
      process.once('warning', resolve);
    });
    await registry.unload('fraud');
    expect((await warned).message).toBe('disposing fraud failed: Error: stuck');
    expect(registry.health().memory.residentBytes).toBe(0);
  });

  it('refuses what a repository of the user raises, in a type of the library', async () => {
    const repository = createMemoryRepository({ 'fraud_v1.mock': 'x' });
    const registry = new MLServiceRegistry({
      env: {},
      loaders: [createMockLoader()],
      repository: { ...repository, open: () => Promise.reject(new Error('S3 said 503')) },
    });
    await expect(registry.load('fraud')).rejects.toMatchObject({
      code: 'ML_ARTEFACT_UNREADABLE',
      message: 'trained/fraud_v1.mock could not be read: S3 said 503',
    });
  });

  it('a model larger than the budget is refused before it is opened', async () => {
    const open = vi.fn();
    const repository = { ...createMemoryRepository({ 'fraud_v1.mock': new Uint8Array(101) }), open };
    const registry = new MLServiceRegistry({
      env: {},
      repository,
      loaders: [createMockLoader()],
      cache: { maxBytes: 100 },
    });
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_CACHE_MODEL_TOO_LARGE' });
    expect(open).not.toHaveBeenCalled();
  });
});

describe('eviction', () => {
  it('tells reason, bytes and pressure, and the model says that it is unloaded', async () => {
    const registry = createTestRegistry({
      cache: { maxBytes: 100, minResidencyMs: 0 },
      models: {
        a: createFakeModel({ predict: [1], byteSize: 80 }),
        b: createFakeModel({ predict: [2], byteSize: 80 }),
      },
    });
    const events = record(registry, 'cache:evict', 'memory:pressure');
    const a = registry.model('a');
    await a.predict([[1]]);
    await registry.load('b');
    expect(events.map(({ name }) => name)).toEqual(['memory:pressure', 'cache:evict']);
    expect(events[1]?.payload).toMatchObject({ model: 'a', reason: 'budget', bytes: 80 });
    expect(registry.modelHealth('a')).toMatchObject({ state: 'unloaded', reason: 'evicted: budget' });
    expect(await a.predict([[1]])).toEqual([1]);
  });

  it('of idle models', async () => {
    const clock = new FakeClock();
    const registry = createTestRegistry({ clock, cache: { idleTtlMs: 1_000 }, models: { a: fraud() } });
    await registry.load('a');
    await clock.advance(1_500);
    expect(registry.modelHealth('a')).toMatchObject({ state: 'unloaded', reason: 'evicted: idle' });
  });

  it('spares pinned models', async () => {
    const clock = new FakeClock();
    const registry = createTestRegistry({ clock, cache: { idleTtlMs: 1_000, pinned: ['a'] }, models: { a: fraud() } });
    await registry.load('a');
    await clock.advance(5_000);
    expect(registry.modelHealth('a').state).toBe('ready');
  });

  it('1,000 loads and unloads leave nothing behind', async () => {
    const made: { disposals: number }[] = [];
    const registry = createTestRegistry({
      models: {
        fraud: () => {
          const model = createFakeModel({ predict: [1], byteSize: 100 });
          made.push(model);
          return model;
        },
      },
    });
    for (let i = 0; i < 1_000; i++) {
      await registry.load('fraud');
      await registry.unload('fraud');
    }
    expect(made.map(({ disposals }) => disposals)).toEqual(Array.from({ length: 1_000 }, () => 1));
    expect(registry.health().memory).toMatchObject({ residentBytes: 0, reservedBytes: 0, perModel: {} });
  });
});

describe('close', () => {
  it('waits for calls in flight, frees everything, refuses what comes later', async () => {
    const gate = deferred<number[]>();
    const model = createFakeModel({ predict: () => gate.promise });
    const registry = createTestRegistry({ models: { fraud: model, idle: fraud() } });
    await registry.load('idle');
    await registry.load('fraud');
    const call = registry.model('fraud').predict([[1]]);
    const handle = registry.model('idle');
    const closed = registry.close();
    await expect(handle.predict([[1]])).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    await settle();
    expect(model.disposals).toBe(0);
    gate.resolve([1]);
    expect(await call).toEqual([1]);
    await closed;
    expect(model.disposals).toBe(1);
    expect(registry.health()).toMatchObject({ status: 'closed', memory: { residentBytes: 0 } });
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    await expect(registry.models()).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    await expect(registry.explain('fraud')).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
  });

  it('twice is one', async () => {
    const model = fraud();
    const registry = createTestRegistry({ models: { fraud: model } });
    await registry.load('fraud');
    await Promise.all([registry.close(), registry.close()]);
    await registry.close();
    await registry[Symbol.asyncDispose]();
    expect(model.disposals).toBe(1);
  });

  it('that takes too long fails, and models are freed when their calls end', async () => {
    const clock = new FakeClock();
    const gate = deferred<number[]>();
    const model = createFakeModel({ predict: () => gate.promise });
    const registry = createTestRegistry({ clock, models: { fraud: model } });
    await registry.load('fraud');
    const call = registry.model('fraud').predict([[1]]);
    const refused = expect(registry.close({ timeoutMs: 100 })).rejects.toMatchObject({
      code: 'ML_MODEL_UNLOAD_TIMEOUT',
    });
    await clock.advance(100);
    await refused;
    gate.resolve([1]);
    await call;
    await settle();
    expect(model.disposals).toBe(1);
  });

  it('aborts loads, those that were still looking for their file too', async () => {
    const gate = deferred<void>();
    const model = fraud();
    const memory = createMemoryRepository({ 'a_v1.mock': 'x', 'b_v1.mock': 'y' });
    const registry = new MLServiceRegistry({
      env: {},
      loaders: [createMockLoader({ model: () => gate.promise.then(() => model) })],
      repository: { ...memory, index: () => gate.promise.then(() => memory.index()) },
    });
    const states = recordStates(registry);
    const resolving = expect(registry.load('a')).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    await registry.close();
    gate.resolve();
    await resolving;
    expect([model.calls.length, registry.health().memory.residentBytes]).toEqual([0, 0]);
    expect(states).not.toContain('loading > ready');
  });

  it('aborts loads in progress and disposes what they give later', async () => {
    const gate = deferred<void>();
    const model = fraud();
    const registry = new MLServiceRegistry({
      env: {},
      loaders: [createMockLoader({ model: () => gate.promise.then(() => model) })],
      repository: createMemoryRepository({ 'a_v1.mock': 'x' }),
    });
    const loading = expect(registry.load('a')).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    await settle();
    await registry.close();
    await loading;
    gate.resolve();
    await settle();
    expect(model.disposals).toBe(1);
    expect(registry.health().memory.residentBytes).toBe(0);
  });
});

describe('the default registry', () => {
  it('is one, and another after it was closed', async () => {
    const first = MLServiceRegistry.default();
    expect(MLServiceRegistry.default()).toBe(first);
    await first.close();
    const second = MLServiceRegistry.default();
    expect(second).not.toBe(first);
    await first.close();
    expect(MLServiceRegistry.default()).toBe(second);
    await second.close();
  });

  it('is shared by two copies of the package', async () => {
    vi.resetModules();
    const copy = await import('../../src/index.ts');
    expect(copy.MLServiceRegistry).not.toBe(MLServiceRegistry);
    const first = MLServiceRegistry.default();
    expect(copy.MLServiceRegistry.default()).toBe(first);
    await first.close();
  });
});

describe('services', () => {
  class FraudService extends BaseMLService {
    readonly modelName = 'fraud';
  }

  it('are made by create() and listed', () => {
    const registry = createTestRegistry({ models: { fraud: fraud() } });
    const service = registry.create(FraudService);
    expect(service).toBeInstanceOf(FraudService);
    expect(service.registry).toBe(registry);
    registry.create(FraudService);
    expect(registry.services()).toEqual(['fraud']);
  });

  it.each([undefined, null, {}, 'FraudService'])('create(%s) is refused', (nothing) => {
    expect(() => createTestRegistry().create(nothing as never)).toThrow(
      expect.objectContaining({ code: 'ML_SERVICE_INVALID' }),
    );
  });
});

describe('loaders', () => {
  it('may be added to a registry that runs', async () => {
    const registry = new MLServiceRegistry({ env: {}, repository: createMemoryRepository({ 'fraud_v1.odd': 'x' }) });
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: expect.stringMatching(/^ML_/) });
    registry.loaders.register(createMockLoader({ formats: ['odd'] }));
    expect((await registry.load('fraud')).info.format).toBe('mock');
  });

  it('content under a wrong extension is a warning, or an error if asked', async () => {
    const files = { 'fraud_v1.mock': 'other content' };
    const loaders = () => [
      createMockLoader({ detect: () => false }),
      createMockLoader({ name: 'other', detect: () => true }),
    ];
    const lenient = new MLServiceRegistry({ env: {}, repository: createMemoryRepository(files), loaders: loaders() });
    const warnings = record(lenient, 'model:warning');
    expect((await lenient.load('fraud')).info.format).toBe('other');
    expect(warnings).toMatchObject([{ payload: { model: 'fraud', code: 'extension-mismatch' } }]);
    const strict = new MLServiceRegistry({
      env: {},
      repository: createMemoryRepository(files),
      loaders: loaders(),
      strictExtensions: true,
    });
    await expect(strict.load('fraud')).rejects.toMatchObject({ code: 'ML_FORMAT_EXTENSION_MISMATCH' });
  });
});
