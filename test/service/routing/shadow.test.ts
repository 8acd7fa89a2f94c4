import { describe, expect, it } from 'vitest';
import { deferred } from '../../../src/internal/deferred.ts';
import type { FakeModel } from '../../../src/testing/index.ts';
import { createFakeModel, createTestRegistry, FakeClock } from '../../../src/testing/index.ts';
import type { MLServiceRegistry, RegistryOptions, RouteOptions, ShadowOptions } from '../../../src/index.ts';
import { record } from '../registry-fixture.ts';
import { evenChance, saying } from './routing-fixture.ts';

async function setUp(
  shadow: FakeModel,
  options: Omit<ShadowOptions, 'version'> = {},
  rest: Partial<RouteOptions> & { readonly primary?: FakeModel; readonly registry?: RegistryOptions } = {},
) {
  const { primary = saying('v1'), registry: registryOptions = {}, ...route } = rest;
  const clock = new FakeClock();
  const registry = createTestRegistry({
    clock,
    // Each call is computed alone, so that the fake models see what callers sent.
    batching: { maxRows: 1 },
    ...(registryOptions as object),
    models: { 'fraud@v1': primary, 'fraud@v2': shadow },
  });
  await registry.route('fraud', {
    arms: [{ version: 'v1', weight: 1 }],
    shadow: { version: 'v2', ...options },
    ...route,
  });
  /** Time enough for every copy that waits. */
  const rested = async (): Promise<void> => {
    for (let i = 0; i < 30; i++) await clock.advance(500);
  };
  return { registry, model: registry.model('fraud'), shadow, primary, clock, rested };
}

const statusOf = (registry: MLServiceRegistry) => registry.routes.get('fraud')?.shadow;

describe('a shadow', () => {
  it('gets a copy of each call after the turn of its caller, with the same rows and method', async () => {
    const { model, shadow, registry, rested } = await setUp(
      saying('v1', { transform: [[1]] }),
      {},
      {
        primary: saying('v1', { transform: [[1]] }),
      },
    );
    const rows = [{ amount: 5, tags: [1] }];
    const answer = model.predict(rows);
    expect(shadow.calls).toEqual([]);
    rows[0] = { amount: 6, tags: [] };
    expect(await answer).toEqual(['v1']);
    await model.transform([[7]]);
    await rested();
    expect(shadow.calls.map(({ method, input }) => [method, input])).toEqual([
      ['predict', [{ amount: 5, tags: [1] }]],
      ['transform', [[7]]],
    ]);
    expect(statusOf(registry)).toMatchObject({ copied: 2, ended: 2, errors: 0, compared: 2, differing: 0, waiting: 0 });
  });

  it('is compared with what callers got, whatever they do with it', async () => {
    const numbers = (label: string) =>
      createFakeModel({ predict: (rows) => rows.map((row) => Number(row) + (label === 'v2' ? 0.5 : 0)) });
    const { model, registry, rested } = await setUp(numbers('v2'), { tolerance: 0.25 }, { primary: numbers('v1') });
    const events = record(registry, 'shadow:end', 'predict:end');
    const answer = await model.predict([1, 2] as never);
    answer[0] = 1_000;
    await rested();
    expect(statusOf(registry)).toMatchObject({ compared: 1, differing: 1, maxAbsDiff: 0.5 });
    expect(events.map(({ name, payload }) => [name, payload])).toEqual([
      ['predict:end', expect.objectContaining({ version: 'v1', route: { arm: 'v1', id: undefined } })],
      [
        'shadow:end',
        {
          model: 'fraud',
          version: 'v2',
          artefact: 'trained/fraud_v2.mock',
          method: 'predict',
          durationMs: expect.any(Number),
          error: undefined,
          differs: true,
          maxAbsDiff: 0.5,
        },
      ],
    ]);
  });

  it('gets the share of calls that was asked for', async () => {
    const { model, registry, rested } = await setUp(saying('v2'), { share: 0.25 }, { random: evenChance() });
    for (let i = 0; i < 400; i++) {
      await model.predict([[i]]);
      await rested();
    }
    expect(Math.abs((statusOf(registry)?.copied ?? 0) - 100)).toBeLessThanOrEqual(2);
  });

  it('is in the summary, and keeps its counts when the route is set again with it', async () => {
    const { model, registry, rested } = await setUp(saying('v2'));
    await model.predict([[1]]);
    await rested();
    await registry.route('fraud', { arms: [{ version: 'v1', weight: 1 }], shadow: { version: 'v2' } });
    await model.predict([[1]]);
    await rested();
    const { shadow } = await registry.routeSummary('fraud');
    expect(shadow).toMatchObject({ version: 'v2', state: 'ready', copied: 2, compared: 2, differing: 2 });
    expect(shadow?.latencyMs.count).toBe(2);
  });

  it('is let go with the route, and does not show in health', async () => {
    const { registry, shadow, rested } = await setUp(saying('v2'));
    expect(registry.health().models.map(({ version }) => version)).not.toContain('v2');
    await registry.unroute('fraud');
    await rested();
    expect(shadow.disposals).toBe(1);
    expect(registry.health().memory.residentBytes).toBe(0);
  });
});

describe('a shadow cannot delay or fail the primary', () => {
  const primaryAnswers = async (model: { predict(rows: unknown[]): Promise<unknown[]> }, count: number) => {
    for (let i = 0; i < count; i++) expect(await model.predict([[i]])).toEqual(['v1']);
  };

  it('when it throws at once or rejects later: its errors are counted, the breaker does not see them', async () => {
    let later = false;
    const broken = createFakeModel({
      predict: () => {
        if (later) return Promise.reject(new Error('later'));
        throw new Error('at once');
      },
    });
    const { model, registry, rested } = await setUp(broken);
    const events = record(registry, 'shadow:end');
    await primaryAnswers(model as never, 3);
    await rested();
    later = true;
    await primaryAnswers(model as never, 3);
    await rested();
    expect(statusOf(registry)).toMatchObject({ ended: 6, errors: 6, compared: 0, running: 0 });
    expect(events[0]?.payload).toMatchObject({ error: { code: 'ML_PREDICT_FAILED' }, differs: undefined });
    const { arms } = await registry.routeSummary('fraud');
    expect(arms[0]).toMatchObject({ calls: 6, errors: 0 });
  });

  it('when it hangs: no more than maxConcurrency hang, maxQueue wait, the rest is dropped', async () => {
    const hanging = createFakeModel({ predict: () => new Promise<string[]>(() => undefined) });
    const { model, registry, clock } = await setUp(
      hanging,
      { maxConcurrency: 2, maxQueue: 3, timeoutMs: 1_000 },
      // Fewer places than copies that hang: they are not the registry's.
      { registry: { admission: { maxTotalConcurrency: 1 } } },
    );
    for (let i = 0; i < 21; i++) {
      await primaryAnswers(model as never, 1);
      await clock.advance(2_000);
    }
    // What hangs after its time still takes its place.
    expect(hanging.calls).toHaveLength(2);
    expect(statusOf(registry)).toMatchObject({ running: 2, waiting: 3, copied: 5, dropped: { queue: 16 } });
    const closed = expect(registry.close({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'ML_MODEL_UNLOAD_TIMEOUT' });
    await clock.advance(1);
    await closed;
  });

  it('when it is slower than the calls come: too many copies, and too large ones, are dropped', async () => {
    const gate = deferred<void>();
    const slow = createFakeModel({ predict: (rows) => gate.promise.then(() => rows.map(() => 'v2')) });
    const { model, registry, rested } = await setUp(slow, { maxConcurrency: 1, maxQueue: 10, maxQueuedBytes: 1_000 });
    const wide = Array.from({ length: 100 }, (_, i) => i);
    expect(await model.predict([wide])).toEqual(['v1']);
    await primaryAnswers(model as never, 50);
    await rested();
    expect(statusOf(registry)).toMatchObject({ running: 1, waiting: 9, dropped: { queue: 40, bytes: 1 } });
    gate.resolve();
    await rested();
    expect(statusOf(registry)).toMatchObject({ running: 0, waiting: 0, ended: 10, compared: 10, differing: 10 });
  });

  it('when it holds the event loop and cannot leave it: it waits between copies, then gets no more', async () => {
    const holding = createFakeModel({
      predict: (rows) => {
        const until = performance.now() + 15;
        while (performance.now() < until);
        return rows.map(() => 'v2');
      },
    });
    const { model, registry, clock } = await setUp(holding, { maxLoopShare: 0.1 });
    const events = record(registry, 'shadow:stop');
    await primaryAnswers(model as never, 10);
    await clock.advance(0);
    expect(holding.calls).toHaveLength(1);
    // 15 ms of the loop at a tenth of it: nothing more for 135 ms.
    await clock.advance(100);
    expect(holding.calls).toHaveLength(1);
    await clock.advance(10_000);
    expect(holding.calls).toHaveLength(3);
    expect(events).toMatchObject([
      { payload: { version: 'v2', reason: expect.stringContaining('hold the event loop') } },
    ]);
    await primaryAnswers(model as never, 1);
    expect(statusOf(registry)).toMatchObject({
      waiting: 0,
      stopped: expect.stringContaining('cannot run in a thread'),
    });
  });

  it('when it is evicted: it is not loaded again, which could take the room of others', async () => {
    const { model, registry, shadow, rested } = await setUp(
      saying('v2', { byteSize: 40 }),
      {},
      { primary: saying('v1', { byteSize: 40 }), registry: { cache: { idleTtlMs: 1_000, minResidencyMs: 0 } } },
    );
    const loads = record(registry, 'load:start');
    await rested();
    expect(shadow.disposals).toBe(1);
    await primaryAnswers(model as never, 2);
    await rested();
    expect(loads.map(({ payload }) => payload.version)).toEqual(['v1']);
    expect(statusOf(registry)).toMatchObject({ state: 'unloaded', copied: 0, dropped: { unloaded: 2 } });
  });

  it('when rows throw while they are copied', async () => {
    const { model, registry, rested } = await setUp(saying('v2'));
    const trap = {
      get amount(): number {
        throw new Error('not for you');
      },
    };
    expect(await model.predict([trap])).toEqual(['v1']);
    await rested();
    expect(statusOf(registry)).toMatchObject({ copied: 0, errors: 1 });
  });

  it('when the primary fails: nothing is compared', async () => {
    const failing = createFakeModel({
      predict: () => {
        throw new Error('no');
      },
    });
    const { model, registry, rested } = await setUp(saying('v2'), {}, { primary: failing });
    await expect(model.predict([[1]])).rejects.toMatchObject({ code: 'ML_PREDICT_FAILED' });
    await rested();
    expect(statusOf(registry)).toMatchObject({ ended: 1, errors: 0, compared: 0 });
  });
});
