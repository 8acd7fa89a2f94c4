import { describe, expect, it, vi } from 'vitest';
import { BaseMLService, MLServiceRegistry } from '../../../src/index.ts';
import { deferred } from '../../../src/internal/deferred.ts';
import {
  createFakeModel,
  createMemoryRepository,
  createMockLoader,
  createTestRegistry,
  FakeClock,
} from '../../../src/testing/index.ts';
import { settle } from '../registry-fixture.ts';

const fraud = () => createFakeModel({ predict: [1] });
const broken = () => {
  throw new Error('bad weights in /secret/place');
};

class FraudService extends BaseMLService {
  readonly modelName = 'fraud';
  override readonly modelVersion = 'v1';
}

describe('a registry that requires nothing', () => {
  it('is ready until it closes, whatever its models do', async () => {
    const registry = createTestRegistry({ models: { broken } });
    expect(registry.readiness()).toEqual({ ready: true, reason: undefined, models: [] });
    await expect(registry.load('broken')).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect(registry.readiness().ready).toBe(true);
    expect(await registry.ready()).toEqual({ ready: true, loads: [] });
    const closed = registry.close();
    expect(registry.readiness()).toMatchObject({ ready: false, reason: 'closed' });
    await closed;
    expect(registry.readiness()).toMatchObject({ ready: false, reason: 'closed' });
    await expect(registry.ready()).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
  });
});

describe('a required model', () => {
  it('makes readiness red until it was loaded', async () => {
    const registry = createTestRegistry({ models: { fraud: fraud() }, required: ['fraud'] });
    expect(registry.readiness()).toMatchObject({
      ready: false,
      reason: 'fraud latest is not loaded yet',
      models: [{ name: 'fraud', version: 'latest', state: 'unloaded', available: false }],
    });
    expect(await registry.ready()).toMatchObject({ ready: true, loads: [{ name: 'fraud', error: undefined }] });
    expect(registry.readiness()).toMatchObject({ ready: true, reason: undefined, models: [{ state: 'ready' }] });
  });

  it('is ready only after its warm-up', async () => {
    const gate = deferred<readonly number[]>();
    const model = createFakeModel({ predict: () => gate.promise, featureNames: ['amount'] });
    const registry = new MLServiceRegistry({
      env: {},
      required: ['fraud'],
      repository: createMemoryRepository({
        'fraud_v1.mock': { bytes: 'x', metadata: { features: ['amount'], samples: { rows: [[1]] } } },
      }),
      loaders: [createMockLoader({ model })],
    });
    const ready = registry.ready();
    for (let i = 0; i < 20; i++) await settle();
    expect(model.calls).toHaveLength(1);
    expect(registry.readiness()).toMatchObject({ ready: false, reason: 'fraud latest is loading' });
    gate.resolve([1]);
    expect(await ready).toMatchObject({ ready: true });
  });

  it('that fails makes it red, with the code as the reason, until it loads', async () => {
    let bad = true;
    const registry = createTestRegistry({
      models: { fraud: () => (bad ? broken() : fraud()) },
      required: ['fraud@v1'],
    });
    const report = await registry.ready();
    expect(report).toMatchObject({
      ready: false,
      loads: [{ name: 'fraud', version: 'v1', error: { code: 'ML_LOADER_FAILED' } }],
    });
    expect(registry.readiness()).toMatchObject({
      ready: false,
      reason: 'fraud v1 failed (ML_LOADER_FAILED)',
      models: [{ state: 'failed', code: 'ML_LOADER_FAILED', reason: expect.stringContaining('bad weights') }],
    });
    bad = false;
    // Despite the pause after a failure.
    expect(await registry.ready()).toMatchObject({ ready: true });
    expect(registry.readiness().ready).toBe(true);
  });

  it('whose file does not exist is not forgotten', async () => {
    const registry = createTestRegistry({ required: ['nobody', 'fraud@v7'], models: { 'fraud@v1': fraud() } });
    await registry.ready();
    expect(registry.readiness().models).toMatchObject([
      { name: 'nobody', state: 'failed', code: 'ML_MODEL_NOT_FOUND' },
      { name: 'fraud', version: 'v7', state: 'failed', code: 'ML_MODEL_VERSION_NOT_FOUND' },
    ]);
    expect(registry.health().status).toBe('failing');
  });

  it('that was evicted is available: its next call loads it, so the process stays ready', async () => {
    const sized = () => createFakeModel({ predict: [1], byteSize: 60 });
    const registry = createTestRegistry({
      models: { fraud: sized, other: sized },
      required: ['fraud'],
      cache: { maxBytes: 100, minResidencyMs: 0 },
    });
    await registry.ready();
    await registry.load('other');
    expect(registry.readiness()).toMatchObject({
      ready: true,
      models: [{ state: 'unloaded', reason: 'evicted: budget', available: true }],
    });
    await registry.model('fraud').predict([[1]]);
    expect(registry.readiness()).toMatchObject({ ready: true, models: [{ state: 'ready' }] });
  });

  it('that was unloaded, and is loading again, is available; one that fails then is not', async () => {
    let gate = deferred<void>();
    let bad = false;
    const registry = new MLServiceRegistry({
      env: {},
      clock: new FakeClock(),
      required: ['fraud'],
      repository: createMemoryRepository({ 'fraud_v1.mock': 'x' }),
      loaders: [createMockLoader({ model: () => gate.promise.then(() => (bad ? broken() : fraud())) })],
    });
    gate.resolve();
    await registry.ready();
    await registry.unload('fraud');
    expect(registry.readiness().ready).toBe(true);
    gate = deferred();
    bad = true;
    const call = registry.model('fraud').predict([[1]]);
    await settle();
    expect(registry.readiness()).toMatchObject({ ready: true, models: [{ state: 'loading', available: true }] });
    gate.resolve();
    await expect(call).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect(registry.readiness()).toMatchObject({ ready: false, reason: 'fraud latest failed (ML_LOADER_FAILED)' });
  });

  it('whose reload fails goes on serving', async () => {
    let bad = false;
    const repository = createMemoryRepository({ 'fraud_v1.mock': 'x' });
    const loader = createMockLoader({ model: () => (bad ? broken() : fraud()) });
    const registry = new MLServiceRegistry({ env: {}, required: ['fraud'], repository, loaders: [loader] });
    await registry.ready();
    bad = true;
    repository.set('fraud_v2.mock', 'y');
    await expect(registry.load('fraud')).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect(registry.readiness()).toMatchObject({ ready: true, models: [{ state: 'ready', available: true }] });
    expect(await registry.model('fraud').predict([[1]])).toEqual([1]);
  });
});

describe('with retryRequired', () => {
  const backoff = { initialMs: 1_000, maxMs: 4_000 };

  function registryOf(more: { readonly retryRequired?: boolean } = {}) {
    const state = { bad: true, loads: 0 };
    const clock = new FakeClock();
    const registry = new MLServiceRegistry({
      env: {},
      clock,
      backoff,
      required: ['fraud'],
      retryRequired: true,
      repository: createMemoryRepository({ 'fraud_v1.mock': 'x' }),
      loaders: [
        createMockLoader({
          model: () => {
            state.loads += 1;
            return state.bad ? broken() : fraud();
          },
        }),
      ],
      ...more,
    });
    const after = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      await vi.waitFor(() => expect(registry.health().models.map((model) => model.state)).not.toContain('loading'));
      for (let i = 0; i < 20; i++) await settle();
      return state.loads;
    };
    return { registry, state, after };
  }

  it('what ready() could not load is tried again after pauses that double, until it loads', async () => {
    const { registry, state, after } = registryOf();
    expect((await registry.ready()).ready).toBe(false);
    expect(state.loads).toBe(1);
    const seen: number[] = [];
    for (const ms of [999, 1, 1_999, 1, 3_999, 1, 3_999, 1]) seen.push(await after(ms));
    expect(seen).toEqual([1, 2, 2, 3, 3, 4, 4, 5]);
    state.bad = false;
    expect(await after(4_000)).toBe(6);
    expect(registry.readiness().ready).toBe(true);
    await registry.unload('fraud');
    expect(await after(60_000)).toBe(6);
    await registry.close();
  });

  it('nothing is tried once the registry is closed, or whoever waited gave up', async () => {
    const closed = registryOf();
    await closed.registry.ready();
    await closed.registry.close();
    expect(await closed.after(60_000)).toBe(1);
    const left = registryOf();
    await left.registry.ready({ signal: AbortSignal.abort() });
    expect(await left.after(60_000)).toBe(0);
    await left.registry.close();
  });

  it('is off by default', async () => {
    const { registry, after } = registryOf({ retryRequired: false });
    await registry.ready();
    expect(await after(60_000)).toBe(1);
    await registry.close();
  });
});

describe('which models are required', () => {
  const versionsOf = (registry: MLServiceRegistry) =>
    registry.readiness().models.map(({ name, version }) => `${name}@${version}`);

  it('a bare name: the versions of its services, else latest', () => {
    const registry = createTestRegistry({ required: ['fraud', 'other', 'fraud@v1'] });
    expect(versionsOf(registry)).toEqual(['fraud@latest', 'other@latest', 'fraud@v1']);
    registry.create(FraudService);
    expect(versionsOf(registry)).toEqual(['fraud@v1', 'other@latest']);
  });

  it('services: those of every service that the registry knows', () => {
    const registry = createTestRegistry({ required: 'services' });
    expect(versionsOf(registry)).toEqual([]);
    registry.create(FraudService);
    registry.create(FraudService);
    registry.register({ modelName: 'fraud', modelVersion: 'v2' });
    registry.register({ modelName: 'churn', modelVersion: 'latest' });
    expect(versionsOf(registry)).toEqual(['fraud@v1', 'fraud@v2', 'churn@latest']);
  });

  it.each([[[1]], [['']], [['@v1']], [['fraud@']], ['all'], [{}]])('refuses %j', (required) => {
    expect(() => createTestRegistry({ required: required as never })).toThrow(
      expect.objectContaining({ code: 'ML_OPTIONS_INVALID', message: expect.stringMatching(/^options\.required/) }),
    );
  });
});

describe('ready()', () => {
  it('loads several at a time and no more than the registry allows, each once, and the others despite a failure', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `model${i}`);
    let running = 0;
    let most = 0;
    const loader = createMockLoader({
      async model({ artefact }) {
        running += 1;
        most = Math.max(most, running);
        for (let i = 0; i < 5; i++) await settle();
        running -= 1;
        if (artefact.name.startsWith('model3')) broken();
        return fraud();
      },
    });
    const registry = new MLServiceRegistry({
      env: {},
      required: names,
      repository: createMemoryRepository(Object.fromEntries(names.map((name) => [`${name}_v1.mock`, name]))),
      loaders: [loader],
    });
    const { ready, loads } = await registry.ready();
    expect(ready).toBe(false);
    expect(loads.filter(({ error }) => error !== undefined).map(({ name }) => name)).toEqual(['model3']);
    expect(loads.map(({ name }) => name)).toEqual(names);
    expect(most).toBe(registry.config.maxParallelLoads);
    await registry.ready();
    expect(loader.loads).toHaveLength(13);
  });

  it('can be aborted', async () => {
    const gate = deferred<void>();
    const registry = new MLServiceRegistry({
      env: {},
      required: ['fraud'],
      repository: createMemoryRepository({ 'fraud_v1.mock': 'x' }),
      loaders: [createMockLoader({ model: () => gate.promise.then(fraud) })],
    });
    const controller = new AbortController();
    const report = registry.ready({ signal: controller.signal });
    await settle();
    controller.abort();
    expect(await report).toMatchObject({ ready: false, loads: [{ error: { code: 'ML_ABORTED' } }] });
    gate.resolve();
  });
});
