import { describe, expect, it, vi } from 'vitest';
import { MLServiceRegistry } from '../../src/index.ts';
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

describe('states', () => {
  it('unloaded, loading, ready, unloading, unloaded, each told as it comes', async () => {
    const registry = createTestRegistry({ models: { fraud: fraud() } });
    const states = recordStates(registry);
    expect(registry.modelHealth('fraud')).toMatchObject({ state: 'unloaded', artefact: undefined, reason: undefined });
    const model = registry.model('fraud');
    await model.predict([[1]]);
    expect(registry.modelHealth('fraud')).toMatchObject({
      name: 'fraud',
      version: 'latest',
      state: 'ready',
      artefact: 'trained/fraud_v1.mock',
    });
    await model.predict([[1]]);
    await registry.unload('fraud');
    expect(states).toEqual(['unloaded > loading', 'loading > ready', 'ready > unloading', 'unloading > unloaded']);
  });

  it('failed, with the reason, and ready again after a load that works', async () => {
    let broken = true;
    const registry = createTestRegistry({
      models: {
        fraud: () => {
          if (broken) throw new Error('bad weights');
          return fraud();
        },
      },
    });
    const states = recordStates(registry);
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect(registry.modelHealth('fraud')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('bad weights'),
    });
    expect(registry.health().status).toBe('failing');
    broken = false;
    await registry.load('fraud');
    expect(registry.health().status).toBe('ok');
    expect(states).toEqual(['unloaded > loading', 'loading > failed', 'failed > loading', 'loading > ready']);
  });

  it('do not flap while a failed model is not tried again', async () => {
    const clock = new FakeClock();
    let tries = 0;
    const registry = createTestRegistry({
      clock,
      models: {
        fraud: () => {
          tries += 1;
          throw new Error('bad weights');
        },
      },
    });
    const states = recordStates(registry);
    const model = registry.model('fraud');
    await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    for (let i = 0; i < 50; i++)
      await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_LOAD_BACKOFF', retryable: true });
    expect(tries).toBe(1);
    expect(states).toEqual(['unloaded > loading', 'loading > failed']);
    expect(registry.modelHealth('fraud').reason).toContain('bad weights');
    await clock.advance(1_000);
    await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect(tries).toBe(2);
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect(tries).toBe(3);
  });

  it('unloaded again when everybody who waited for the load left', async () => {
    const gate = deferred<void>();
    const registry = new MLServiceRegistry({
      env: {},
      repository: createMemoryRepository({ 'fraud_v1.mock': 'x' }),
      loaders: [createMockLoader({ model: () => gate.promise.then(fraud) })],
    });
    const controller = new AbortController();
    const call = registry.model('fraud').predict([[1]], { signal: controller.signal });
    await settle();
    expect(registry.modelHealth('fraud').state).toBe('loading');
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(registry.modelHealth('fraud').state).toBe('unloaded');
    gate.resolve();
  });
});

describe('a shared artefact', () => {
  it('is loaded once for all the names it goes by', async () => {
    const model = fraud();
    const registry = createTestRegistry({ models: { 'fraud@v1': model } });
    const events = record(registry, 'load:start', 'cache:hit');
    await Promise.all([registry.load('fraud'), registry.load('fraud', 'v1'), registry.load('fraud', '^1')]);
    await registry.load('fraud', '1.0.0');
    expect(events.map(({ name }) => name)).toEqual(['load:start', 'cache:hit']);
    expect(registry.health().memory.perModel).toEqual({ 'trained/fraud_v1.mock': expect.any(Number) });
  });

  it('is gone for all of them when one unloads it', async () => {
    const registry = createTestRegistry({ models: { 'fraud@v1': fraud() } });
    const latest = await registry.load('fraud');
    await registry.load('fraud', 'v1');
    await registry.unload('fraud', 'v1');
    expect(registry.modelHealth('fraud').state).toBe('unloaded');
    expect(() => latest.info).toThrow(expect.objectContaining({ code: 'ML_MODEL_NOT_LOADED' }));
    expect(await latest.predict([[1]])).toEqual([1]);
  });

  it('shows as ready in models() whichever name loaded it', async () => {
    const registry = createTestRegistry({ models: { 'fraud@v1': fraud(), 'fraud@v2': fraud() } });
    await registry.load('fraud', 'v1');
    await registry.unload('fraud', 'v1');
    await registry.load('fraud', '1.0.0');
    const states = (await registry.models()).map(({ label, state }) => `${label} ${state}`);
    expect(states.sort()).toEqual(['v1 ready', 'v2 unloaded']);
  });
});

describe('latest', () => {
  const build = () => {
    const repository = createMemoryRepository({ 'fraud_v1.mock': 'x' });
    const registry = new MLServiceRegistry({ env: {}, repository, loaders: [createMockLoader({ model: fraud() })] });
    return { repository, registry };
  };

  it('stays with its artefact until load(), even when a newer one appears', async () => {
    const { repository, registry } = build();
    const model = registry.model('fraud');
    await model.predict([[1]]);
    repository.set('fraud_v2.mock', 'x');
    registry.refresh();
    await model.predict([[1]]);
    expect(model.info.version).toBe('v1');
    await registry.load('fraud');
    await model.predict([[1]]);
    expect(model.info.version).toBe('v2');
  });

  it('stays with it when it was evicted in between', async () => {
    const { repository, registry } = build();
    const model = registry.model('fraud');
    await model.predict([[1]]);
    repository.set('fraud_v2.mock', 'x');
    // An eviction, seen from `latest`: another name for the same artefact let it go.
    await registry.load('fraud', 'v1');
    await registry.unload('fraud', 'v1');
    await model.predict([[1]]);
    expect(model.info.version).toBe('v1');
  });

  it('keeps the loaded model when load() finds nothing better than an error', async () => {
    const { repository, registry } = build();
    const model = registry.model('fraud');
    await model.predict([[1]]);
    repository.delete('fraud_v1.mock');
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_MODEL_NOT_FOUND' });
    expect(await model.predict([[1]])).toEqual([1]);
    expect(registry.modelHealth('fraud')).toMatchObject({ state: 'ready', artefact: 'trained/fraud_v1.mock' });
  });

  it('is looked for again after a miss, without refresh()', async () => {
    const { repository, registry } = build();
    await expect(registry.load('new_model')).rejects.toMatchObject({ code: 'ML_MODEL_NOT_FOUND' });
    repository.set('new_model_v1.mock', 'x');
    expect((await registry.load('new_model')).info.name).toBe('new_model');
  });
});

describe('aliases', () => {
  it('of the options, of the environment and set while running', async () => {
    const models = { 'fraud@v1': fraud(), 'fraud@v2': fraud() };
    const registry = createTestRegistry({ models, aliases: { fraud: { champion: 'v1' } } });
    const model = registry.model('fraud', 'champion');
    await model.predict([[1]]);
    expect(model.info.version).toBe('v1');
    await registry.setAlias('fraud', 'champion', 'v2');
    await model.predict([[1]]);
    expect(model.info.version).toBe('v2');
    const viaEnvironment = createTestRegistry({
      models,
      aliases: { fraud: { champion: 'v1' } },
      env: { ML_MODEL_FRAUD_VERSION: 'champion' },
    });
    expect((await viaEnvironment.load('fraud', 'v2')).info.version).toBe('v1');
  });

  it('never point at a model that does not load', async () => {
    const registry = createTestRegistry({
      models: {
        'fraud@v1': fraud(),
        'fraud@v2': () => {
          throw new Error('broken');
        },
      },
      aliases: { fraud: { champion: 'v1' } },
    });
    await expect(registry.setAlias('fraud', 'champion', 'v2')).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect((await registry.resolve('fraud', 'champion')).label).toBe('v1');
  });
});

describe('unload', () => {
  it('waits for calls in flight and tells start and end', async () => {
    const gate = deferred<number[]>();
    const model = createFakeModel({ predict: () => gate.promise });
    const registry = createTestRegistry({ models: { fraud: model } });
    const events = record(registry, 'unload:start', 'unload:end', 'cache:evict');
    await registry.load('fraud');
    const call = registry.model('fraud').predict([[1]]);
    const unloaded = registry.unload('fraud');
    await settle();
    expect([model.disposals, registry.modelHealth('fraud').state]).toEqual([0, 'unloading']);
    gate.resolve([1]);
    expect(await call).toEqual([1]);
    await unloaded;
    expect([model.disposals, registry.modelHealth('fraud').state]).toEqual([1, 'unloaded']);
    expect(events.map(({ name }) => name)).toEqual(['unload:start', 'cache:evict', 'unload:end']);
    expect(events[0]?.payload).toMatchObject({ model: 'fraud', leases: 1 });
  });

  it('that takes too long fails, and ends when the calls do', async () => {
    const clock = new FakeClock();
    const gate = deferred<number[]>();
    const model = createFakeModel({ predict: () => gate.promise });
    const registry = createTestRegistry({ clock, models: { fraud: model } });
    const events = record(registry, 'unload:end');
    await registry.load('fraud');
    const call = registry.model('fraud').predict([[1]]);
    const unloaded = expect(registry.unload('fraud', 'latest', { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'ML_MODEL_UNLOAD_TIMEOUT',
      details: { leases: 1, timeoutMs: 100 },
    });
    await clock.advance(100);
    await unloaded;
    expect([model.disposals, registry.modelHealth('fraud').state]).toEqual([0, 'unloading']);
    let again = false;
    const unload = async (): Promise<void> => {
      await registry.unload('fraud');
      again = true;
    };
    const second = unload();
    await settle();
    expect(again).toBe(false);
    gate.resolve([1]);
    await Promise.all([call, second]);
    await vi.waitFor(() => expect(registry.modelHealth('fraud').state).toBe('unloaded'));
    expect([model.disposals, events.length]).toEqual([1, 1]);
  });

  it('of what is not loaded does nothing', async () => {
    const registry = createTestRegistry({ models: { fraud: fraud() } });
    const events = record(registry, 'unload:start', 'unload:end');
    await registry.unload('fraud');
    await registry.unload('nobody knows this');
    expect(events).toEqual([]);
  });

  it('is followed by a load of its own with the next call', async () => {
    const model = fraud();
    const registry = createTestRegistry({ models: { fraud: model } });
    const handle = registry.model('fraud');
    await handle.predict([[1]]);
    await handle.dispose();
    expect(await handle.predict([[1]])).toEqual([1]);
    expect([model.disposals, registry.modelHealth('fraud').state]).toEqual([1, 'ready']);
  });
});
