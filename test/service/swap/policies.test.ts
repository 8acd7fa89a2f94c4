import { describe, expect, it } from 'vitest';
import { deferred } from '../../../src/internal/deferred.ts';
import { createFakeModel, FakeClock } from '../../../src/testing/index.ts';
import { recordStates, settle } from '../registry-fixture.ts';
import { answer, swapFixture } from './swap-fixture.ts';

/** Models of 100 bytes each, and a budget for one of them. */
const ROOM_FOR_ONE = { cache: { maxBytes: 150, minResidencyMs: 0, maxWaitMs: 1 } };
const sized = (label: string) => ({ model: () => createFakeModel({ predict: [label], byteSize: 100 }) });

describe('a budget for one version only', () => {
  it('availability-first is refused, and says what to do; the old version never leaves memory', async () => {
    const { registry, loads } = swapFixture({ v1: sized('v1'), v2: sized('v2') }, ROOM_FOR_ONE);
    await registry.load('fraud', 'v1');
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({
      code: 'ML_SWAP_FAILED',
      step: 'load',
      cause: { code: 'ML_CACHE_BUDGET_EXHAUSTED' },
      message: expect.stringContaining("with policy: 'memory-first' there must be room for one of them only"),
    });
    expect([await answer(registry, 'v1'), loads('v1')]).toEqual(['v1', 1]);
  });

  it('memory-first works, within the budget at every moment', async () => {
    const { registry, loaded } = swapFixture({ v1: sized('v1'), v2: sized('v2') }, ROOM_FOR_ONE);
    const most: number[] = [];
    registry.on('memory:sample', ({ residentBytes, reservedBytes }) => most.push(residentBytes + reservedBytes));
    await registry.load('fraud', 'v1');
    const { steps } = await registry.swap('fraud', { to: 'v2', policy: 'memory-first' });
    expect(Object.keys(steps)).toEqual(['resolve', 'drain', 'load', 'compare', 'samples', 'switch']);
    expect(await answer(registry, 'v1')).toBe('v2');
    expect(loaded('v1').map(({ disposals }) => disposals)).toEqual([1]);
    expect(Math.max(...most)).toBeLessThanOrEqual(150);
  });

  it('memory-first rolls back, too', async () => {
    const { registry } = swapFixture({ v1: sized('v1'), v2: sized('v2') }, ROOM_FOR_ONE);
    await registry.load('fraud', 'v1');
    await registry.swap('fraud', { to: 'v2', policy: 'memory-first' });
    await expect(registry.rollback('fraud')).rejects.toMatchObject({ code: 'ML_SWAP_FAILED', step: 'load' });
    expect(await answer(registry)).toBe('v2');
    await registry.rollback('fraud', { policy: 'memory-first' });
    expect(await answer(registry)).toBe('v1');
  });

  it('other models make room before the swap is refused', async () => {
    const { registry } = swapFixture(
      { v1: sized('v1'), v2: sized('v2') },
      { ...ROOM_FOR_ONE, cache: { ...ROOM_FOR_ONE.cache, maxBytes: 250 } },
    );
    await registry.load('fraud', 'v1');
    await registry.swap('fraud', { to: 'v2' });
    expect(await answer(registry, 'v1')).toBe('v2');
  });
});

describe('memory-first', () => {
  /** v2 loads when the gate opens. */
  const slow = (options = {}) => {
    const gate = deferred<void>();
    const model = async () => {
      await gate.promise;
      return createFakeModel({ predict: ['v2'] });
    };
    return { gate, ...swapFixture({ v1: {}, v2: { model } }, options) };
  };

  it('lets calls wait for the new version, those of handles made meanwhile too', async () => {
    const { registry, gate, loads } = slow();
    await registry.load('fraud', 'v1');
    const states = recordStates(registry);
    const swapped = registry.swap('fraud', { to: 'v2', policy: 'memory-first' });
    await settle();
    expect(registry.modelHealth('fraud', 'v1')).toMatchObject({ state: 'loading', reason: 'v2 takes its place' });
    expect(() => registry.model('fraud', 'v1').info).toThrow(expect.objectContaining({ code: 'ML_MODEL_NOT_LOADED' }));
    const waiting = Promise.all([answer(registry, 'v1'), answer(registry, 'v1'), answer(registry, '^1')]);
    const loading = registry.load('fraud', 'v1');
    await settle();
    gate.resolve();
    expect(await waiting).toEqual(['v2', 'v2', 'v2']);
    expect((await loading).info.version).toBe('v2');
    await swapped;
    expect([loads('v1'), loads('v2')]).toEqual([1, 1]);
    expect(states.filter((state) => !state.startsWith('unloaded'))).toEqual([
      'ready > unloading',
      'unloading > loading',
      'loading > ready',
      'loading > ready',
    ]);
  });

  it('lets a call that waits go at its deadline and when it aborts', async () => {
    const { registry, gate } = slow();
    await registry.load('fraud', 'v1');
    const swapped = registry.swap('fraud', { to: 'v2', policy: 'memory-first' });
    await settle();
    const model = registry.model('fraud', 'v1');
    const controller = new AbortController();
    const aborted = model.predict([[1]], { signal: controller.signal });
    await expect(model.predict([[1]], { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ML_DEADLINE_EXCEEDED' });
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(registry.modelHealth('fraud', 'v1').state).toBe('loading');
    gate.resolve();
    await swapped;
    expect(await model.predictOne([1])).toBe('v2');
  });

  it('loads the old version again when the new one fails, for the calls that waited', async () => {
    const gate = deferred<void>();
    const model = async (): Promise<never> => {
      await gate.promise;
      throw new Error('bad weights');
    };
    const { registry, loads } = swapFixture({ v1: {}, v2: { model } });
    await registry.load('fraud', 'v1');
    const states = recordStates(registry);
    const refusal = expect(registry.swap('fraud', { to: 'v2', policy: 'memory-first' })).rejects.toMatchObject({
      step: 'load',
      message: expect.stringMatching(/trained\/fraud_v1\.mock goes on serving$/),
      details: { restored: true },
    });
    await settle();
    const waiting = answer(registry, 'v1');
    gate.resolve();
    await refusal;
    expect([await waiting, loads('v1')]).toEqual(['v1', 2]);
    expect(states).toEqual(['ready > unloading', 'unloading > loading', 'loading > ready']);
  });

  it('says so when the old version does not load again either, and tries it with the next call', async () => {
    let broken = false;
    const { registry } = swapFixture(
      {
        v1: {
          model: () => {
            if (broken) throw new Error('out of memory');
            return createFakeModel({ predict: ['v1'] });
          },
        },
        v2: {
          model: () => {
            broken = true;
            throw new Error('bad weights');
          },
        },
      },
      { backoff: { initialMs: 0 } },
    );
    await registry.load('fraud', 'v1');
    await expect(registry.swap('fraud', { to: 'v2', policy: 'memory-first' })).rejects.toMatchObject({
      code: 'ML_SWAP_FAILED',
      step: 'load',
      message: expect.stringContaining('trained/fraud_v1.mock could not be loaded again either'),
      details: { restored: false },
    });
    expect(registry.modelHealth('fraud', 'v1')).toMatchObject({ state: 'unloaded' });
    broken = false;
    expect(await answer(registry, 'v1')).toBe('v1');
  });

  it('waits for calls in flight before it frees their model', async () => {
    const clock = new FakeClock();
    const gate = deferred<string[]>();
    const { registry, loaded } = swapFixture(
      { v1: { model: () => createFakeModel({ predict: () => gate.promise }) }, v2: {} },
      { clock },
    );
    await registry.load('fraud', 'v1');
    const early = registry.model('fraud', 'v1').predict([[1]]);
    const swapped = registry.swap('fraud', { to: 'v2', policy: 'memory-first' });
    await settle();
    expect([registry.modelHealth('fraud', 'v1').state, loaded('v1')[0]?.disposals]).toEqual(['unloading', 0]);
    gate.resolve(['early']);
    expect([await early, (await swapped).changed]).toEqual([['early'], true]);
    expect([await answer(registry, 'v1'), clock.pending]).toEqual(['v2', 0]);
  });

  it('works where nothing is loaded', async () => {
    const { registry } = swapFixture({ v1: {}, v2: {} });
    const model = registry.model('fraud', 'v1');
    expect(await registry.swap('fraud', { to: 'v2', policy: 'memory-first' })).toMatchObject({ changed: true });
    expect(await model.predictOne([1])).toBe('v2');
  });
});
