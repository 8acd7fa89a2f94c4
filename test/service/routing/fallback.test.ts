import { describe, expect, it } from 'vitest';
import type { ArmBounds, CallOptions, ModelRoute } from '../../../src/index.ts';
import { createFakeModel, createTestRegistry, FakeClock } from '../../../src/testing/index.ts';
import { record } from '../registry-fixture.ts';
import { saying } from './routing-fixture.ts';

/** A model that waits `latency.ms` of a fake clock, then answers or fails. */
function waiting(clock: FakeClock, label: string) {
  const behaviour = { ms: 0, fails: false };
  const model = createFakeModel({
    predict: (rows) =>
      new Promise<string[]>((resolve, reject) => {
        clock.after(behaviour.ms, () => {
          if (behaviour.fails) reject(new Error('no'));
          else resolve(rows.map(() => label));
        });
      }),
  });
  return { behaviour, model };
}

async function setUp(bounds: ArmBounds) {
  const clock = new FakeClock();
  const canary = waiting(clock, 'v2');
  const registry = createTestRegistry({ clock, models: { 'fraud@v1': saying('v1'), 'fraud@v2': canary.model } });
  const route = await registry.route('fraud', {
    arms: [
      { name: 'stable', version: 'v1', weight: 9 },
      { name: 'canary', version: 'v2', weight: 1, bounds },
    ],
  });
  const keys = Array.from({ length: 200 }, (_, i) => `user-${i}`);
  const ofCanary = keys.filter((key) => route.assign(key).arm === 'canary');
  const events = record(registry, 'route:fallback', 'route:restore');
  const model = registry.model('fraud');
  /** Asks the canary so many times, one after the other; gives the answers. */
  const ask = async (count: number, options: CallOptions = {}): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (let i = 0; i < count; i++) {
      const answer = model.predictOne([1], { routingKey: ofCanary[i % ofCanary.length] as string, ...options });
      answer.catch(() => undefined);
      await clock.advance(canary.behaviour.ms);
      answers.push(await answer.catch((error: { code: string }) => error.code));
    }
    return answers;
  };
  return { clock, registry, route, canary: canary.behaviour, ask, ofCanary, events, model };
}

const sharesOf = (route: ModelRoute) => Object.fromEntries(route.arms.map(({ arm, share }) => [arm, share]));

describe('an arm that fails too often', () => {
  it('is taken out with the call that is one too many, and its share goes to the control arm', async () => {
    const { route, canary, ask, events, ofCanary } = await setUp({ maxErrorRate: 0.1, minCalls: 20 });
    expect(new Set(await ask(18))).toEqual(new Set(['v2']));
    canary.fails = true;
    expect(await ask(2)).toEqual(['ML_PREDICT_FAILED', 'ML_PREDICT_FAILED']);
    expect(events).toEqual([]);
    expect(await ask(1)).toEqual(['ML_PREDICT_FAILED']);
    expect(events).toEqual([
      {
        name: 'route:fallback',
        payload: {
          model: 'fraud',
          version: 'v2',
          artefact: 'trained/fraud_v2.mock',
          arm: 'canary',
          to: 'stable',
          reason: 'errors',
          share: 3 / 21,
          allowed: 0.1,
          calls: 21,
        },
      },
    ]);
    expect(new Set(await ask(10))).toEqual(new Set(['v1']));
    expect(sharesOf(route)).toEqual({ stable: 1, canary: 0 });
    expect(route.assign(ofCanary[0] as string)).toEqual({ arm: 'stable', version: 'v1' });
    expect(route.arms[1]?.out).toMatchObject({ reason: 'errors', since: expect.stringMatching(/^2024-01-01T/) });
  });

  it('comes back when it is restored, with the keys that it had, and is judged afresh', async () => {
    const { route, canary, ask, events } = await setUp({ maxErrorRate: 0.1, minCalls: 5, window: 5 });
    canary.fails = true;
    await ask(5);
    expect(route.arms[1]?.out).toBeDefined();
    canary.fails = false;
    route.restore('canary');
    route.restore('canary');
    expect(events.map(({ name }) => name)).toEqual(['route:fallback', 'route:restore']);
    expect(new Set(await ask(20))).toEqual(new Set(['v2']));
    expect(sharesOf(route)).toEqual({ stable: 0.9, canary: 0.1 });
    canary.fails = true;
    await ask(1);
    expect(events.map(({ name }) => name)).toEqual(['route:fallback', 'route:restore', 'route:fallback']);
  });

  it('stays out when the route is set again with it, and comes back with another version', async () => {
    const { registry, route, canary, ask } = await setUp({ maxErrorRate: 0, minCalls: 1 });
    canary.fails = true;
    await ask(1);
    const arms = (version: string, bounds: ArmBounds = { maxErrorRate: 0 }) => [
      { name: 'stable', version: 'v1', weight: 1 },
      { name: 'canary', version, weight: 1, bounds },
    ];
    await registry.route('fraud', { arms: arms('v2') });
    expect(sharesOf(route)).toEqual({ stable: 1, canary: 0 });
    await registry.route('fraud', { arms: arms('v1') });
    expect(sharesOf(route)).toEqual({ stable: 0.5, canary: 0.5 });
  });

  it('is not taken out for what callers do: rows that do not fit, aborts, methods that it lacks', async () => {
    const { registry, route, clock, model, ofCanary } = await setUp({ maxErrorRate: 0, minCalls: 1 });
    const options = { routingKey: ofCanary[0] as string };
    await expect(model.predictProba([[1]], options)).rejects.toMatchObject({ code: 'ML_MODEL_METHOD_UNSUPPORTED' });
    const abort = new AbortController();
    const aborted = expect(model.predict([[1]], { ...options, signal: abort.signal })).rejects.toMatchObject({
      code: 'ML_ABORTED',
    });
    abort.abort();
    await aborted;
    await clock.advance(0);
    expect(route.arms[1]?.out).toBeUndefined();
    expect((await registry.routeSummary('fraud')).arms[1]).toMatchObject({ calls: 0, errors: 0, rejected: 2 });
  });

  it('that has no bounds, and the control arm, are never taken out', async () => {
    const failing = () => {
      throw new Error('no');
    };
    const registry = createTestRegistry({
      models: { 'fraud@v1': createFakeModel({ predict: failing }), 'fraud@v2': createFakeModel({ predict: failing }) },
    });
    const route = await registry.route('fraud', {
      arms: [
        { version: 'v1', weight: 1 },
        { version: 'v2', weight: 1 },
      ],
    });
    for (let i = 0; i < 2_000; i++)
      await registry
        .model('fraud')
        .predict([[1]], { routingKey: `${i}` })
        .catch(() => undefined);
    expect(sharesOf(route)).toEqual({ v1: 0.5, v2: 0.5 });
  });
});

describe('an arm that is too slow', () => {
  const bounds = { maxLatencyMs: 50, latencyQuantile: 0.9, minCalls: 10, window: 20 };

  it('is taken out once more than the share takes longer than the bound', async () => {
    const { route, canary, ask, events } = await setUp(bounds);
    canary.ms = 50;
    await ask(18);
    canary.ms = 51;
    await ask(2);
    expect(route.arms[1]?.out).toBeUndefined();
    await ask(1);
    expect(events).toMatchObject([
      { payload: { reason: 'latency', share: 0.15, maxLatencyMs: 50, calls: 20, to: 'stable' } },
    ]);
    expect(new Set(await ask(3))).toEqual(new Set(['v1']));
  });

  it('is taken out while its calls hang, and those that end later do it no good', async () => {
    const { clock, model, route, canary, ofCanary, events } = await setUp(bounds);
    canary.ms = 1e9;
    const options = { routingKey: ofCanary[0] as string };
    for (let i = 0; i < 10; i++) void model.predict([[1]], options);
    await clock.advance(50);
    void model.predict([[1]], options);
    expect(route.arms[1]?.out).toBeUndefined();
    await clock.advance(1);
    expect(await model.predictOne([1], options)).toBe('v1');
    expect(events).toMatchObject([{ payload: { reason: 'latency', share: 1, calls: 10 } }]);
  });

  it('is taken out where callers give up on it', async () => {
    const { clock, model, canary, ofCanary, events } = await setUp({ maxErrorRate: 0.5, minCalls: 4 });
    canary.ms = 1e9;
    const options = { routingKey: ofCanary[0] as string, timeoutMs: 5 };
    const calls = Array.from({ length: 4 }, () => model.predict([[1]], options));
    const ended = Promise.allSettled(calls);
    await clock.advance(5);
    for (const call of await ended) expect(call).toMatchObject({ reason: { code: 'ML_DEADLINE_EXCEEDED' } });
    expect(events).toMatchObject([{ payload: { reason: 'errors', share: 1 } }]);
  });

  it('is not judged by calls that had to load it first', async () => {
    const { registry, route, canary, ask } = await setUp({ ...bounds, minCalls: 1 });
    canary.ms = 60;
    await registry.unload('fraud');
    expect(await ask(1)).toEqual(['v2']);
    expect(route.arms[1]?.out).toBeUndefined();
    const { arms } = await registry.routeSummary('fraud');
    expect(arms[1]).toMatchObject({ calls: 1, latencyMs: { count: 0 } });
    await ask(1);
    expect(route.arms[1]?.out).toBeDefined();
  });
});
