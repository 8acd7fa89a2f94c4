import { describe, expect, it } from 'vitest';
import { MLServiceRegistry } from '../../../src/index.ts';
import { type Deferred, deferred } from '../../../src/internal/deferred.ts';
import { createFakeModel, createMemoryRepository, createMockLoader } from '../../../src/testing/index.ts';
import { record, settle } from '../registry-fixture.ts';
import { answer, swapFixture } from './swap-fixture.ts';

/** Versions of which one loads when its gate opens. */
function gated(version: string, versions: readonly string[] = ['v1', 'v2', 'v3']) {
  const gate = deferred<void>();
  const started = deferred<void>();
  const model = async () => {
    started.resolve();
    await gate.promise;
    return createFakeModel({ predict: [version] });
  };
  const all = Object.fromEntries(versions.map((one) => [one, one === version ? { model } : {}]));
  return { gate, started: started.promise, ...swapFixture(all) };
}

describe('swaps of one name at the same time', () => {
  it('happen one after the other; the last one wins', async () => {
    const { registry, gate, started } = gated('v2');
    await registry.load('fraud', 'v1');
    const events = record(registry, 'swap:start', 'swap:end');
    const both = Promise.all([
      registry.swap('fraud', { to: 'v2' }),
      registry.swap('fraud', { to: 'v3' }),
      registry.rollback('fraud'),
      registry.swap('fraud', { to: 'v2' }),
    ]);
    await started;
    gate.resolve();
    expect((await both).map(({ from, to, changed }) => `${from?.version} ${to.version} ${changed}`)).toEqual([
      'v1 v2 true',
      'v2 v3 true',
      'v3 v2 true',
      'v2 v2 false',
    ]);
    expect(events.map(({ name }) => name)).toEqual([1, 2, 3, 4].flatMap(() => ['swap:start', 'swap:end']));
    expect(await answer(registry, 'v1')).toBe('v2');
  });

  it('do not wait for those of other names', async () => {
    const { registry, gate, started } = gated('v2');
    const waiting = registry.swap('fraud', { to: 'v2' });
    await started;
    await expect(registry.swap('nobody', { to: 'v1' })).rejects.toMatchObject({ step: 'resolve' });
    gate.resolve();
    await waiting;
  });

  it('go on after one that fails', async () => {
    const { registry } = swapFixture({ v1: {}, v2: {} });
    await registry.load('fraud', 'v1');
    const [failed, worked] = await Promise.allSettled([
      registry.swap('fraud', { to: 'v9' }),
      registry.swap('fraud', { to: 'v2' }),
    ]);
    expect([failed.status, worked.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('are refused when more than 100 wait', async () => {
    const { registry, gate, started } = gated('v2');
    const first = registry.swap('fraud', { to: 'v2' });
    await started;
    const waiting = Array.from({ length: 100 }, () => registry.swap('fraud', { to: 'v2' }));
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({ code: 'ML_OVERLOADED' });
    gate.resolve();
    await Promise.all([first, ...waiting]);
    expect(await registry.swap('fraud', { to: 'v3' })).toMatchObject({ changed: true });
  });

  it('that wait can be given up, without letting others pass', async () => {
    const { registry, gate, started } = gated('v2');
    await registry.load('fraud', 'v1');
    const first = registry.swap('fraud', { to: 'v2' });
    await started;
    const controller = new AbortController();
    const second = registry.swap('fraud', { to: 'v3', signal: controller.signal });
    const third = registry.swap('fraud', { to: 'v1' });
    const events = record(registry, 'swap:start');
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'ML_ABORTED' });
    await settle();
    expect(events).toEqual([]);
    gate.resolve();
    await Promise.all([first, third]);
    expect(await answer(registry)).toBe('v1');
  });
});

describe('a swap that is aborted', () => {
  it.each(['availability-first', 'memory-first'] as const)('%s: leaves the old version serving', async (policy) => {
    const { registry, gate, started, loaded } = gated('v2');
    await registry.load('fraud', 'v1');
    const controller = new AbortController();
    const events = record(registry, 'swap:error');
    const swapped = registry.swap('fraud', { to: 'v2', policy, signal: controller.signal });
    const refusal = expect(swapped).rejects.toMatchObject({ code: 'ML_ABORTED' });
    await started;
    controller.abort();
    await refusal;
    expect(events).toMatchObject([{ payload: { step: 'load', error: { code: 'ML_ABORTED' } } }]);
    expect(await answer(registry, 'v1')).toBe('v1');
    gate.resolve();
    await settle();
    // What arrives later is freed.
    expect(loaded('v2').map(({ disposals }) => disposals)).toEqual([1]);
  });

  it('before it begins does nothing', async () => {
    const { registry, loads } = swapFixture({ v1: {}, v2: {} });
    await expect(registry.swap('fraud', { to: 'v2', signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ML_ABORTED',
    });
    expect(loads('v2')).toBe(0);
  });
});

describe('a swap while the first load is under way', () => {
  it('lets the calls that wait for it be answered by the new version, and frees what was loaded', async () => {
    const { registry, gate, started, loaded } = gated('v1');
    const waiting = [answer(registry, 'v1'), answer(registry, 'v1'), answer(registry, '^1')];
    await started;
    const swapped = await registry.swap('fraud', { to: 'v2' });
    expect(swapped).toMatchObject({ changed: true, to: { version: 'v2' } });
    expect(await answer(registry, 'v1')).toBe('v2');
    gate.resolve();
    expect(await Promise.all(waiting)).toEqual(['v2', 'v2', 'v2']);
    await settle();
    expect(loaded('v1').map(({ disposals }) => disposals)).toEqual([1]);
    expect(registry.modelHealth('fraud', 'v1')).toMatchObject({ state: 'ready', artefact: 'trained/fraud_v2.mock' });
  });

  it('answers them by the new version when the first load fails', async () => {
    const gate = deferred<void>();
    const started = deferred<void>();
    const model = async (): Promise<never> => {
      started.resolve();
      await gate.promise;
      throw new Error('bad weights');
    };
    const { registry } = swapFixture({ v1: { model }, v2: {} });
    const waiting = answer(registry, 'v1');
    await started.promise;
    await registry.swap('fraud', { to: 'v2' });
    gate.resolve();
    expect(await waiting).toBe('v2');
    expect(registry.modelHealth('fraud', 'v1').state).toBe('ready');
  });

  it('brings back a model that had failed', async () => {
    const model = (): never => {
      throw new Error('bad weights');
    };
    const { registry } = swapFixture({ v1: { model }, v2: {} });
    await expect(answer(registry, 'v1')).rejects.toMatchObject({ code: 'ML_LOADER_FAILED' });
    expect(registry.health().status).toBe('failing');
    await registry.swap('fraud', { to: 'v2' });
    expect([await answer(registry, 'v1'), registry.health().status]).toEqual(['v2', 'ok']);
  });
});

describe('a swap while a request is resolved', () => {
  it('is not undone by what was found before it, whenever that comes', async () => {
    const files = createMemoryRepository({ 'fraud_v1.mock': 'v1', 'fraud_v2.mock': 'v2' });
    const looks: Deferred<void>[] = [];
    let slow = false;
    const index = async () => {
      const found = await files.index();
      const look = deferred<void>();
      looks.push(look);
      if (slow) await look.promise;
      return found;
    };
    const registry = new MLServiceRegistry({
      env: {},
      repository: { ...files, index },
      loaders: [
        createMockLoader({
          model: ({ artefact }) => createFakeModel({ predict: [new TextDecoder().decode(artefact.bytes)] }),
        }),
      ],
    });
    slow = true;
    const early = answer(registry, 'v1');
    await settle();
    slow = false;
    await registry.swap('fraud', { to: 'v2' });
    await registry.unload('fraud', 'v1');
    // Does not join the look that began before the swap.
    expect(await answer(registry, 'v1')).toBe('v2');
    for (const look of looks) look.resolve();
    expect(await early).toBe('v2');
    await registry.load('fraud', 'v1');
    expect(await answer(registry, 'v1')).toBe('v2');
  });
});

describe('unload() during a swap', () => {
  it('does not wait for it', async () => {
    const { registry, gate, started, loaded } = gated('v2');
    await registry.load('fraud', 'v1');
    const swapped = registry.swap('fraud', { to: 'v2' });
    await started;
    await registry.unload('fraud', 'v1');
    expect(loaded('v1').map(({ disposals }) => disposals)).toEqual([1]);
    gate.resolve();
    await swapped;
    expect(registry.modelHealth('fraud', 'v1')).toMatchObject({ state: 'ready', artefact: 'trained/fraud_v2.mock' });
  });
});

describe('close()', () => {
  it.each(['availability-first', 'memory-first'] as const)('%s: ends a swap that loads', async (policy) => {
    const { registry, gate, started, loaded } = gated('v2');
    await registry.load('fraud', 'v1');
    const swapped = registry.swap('fraud', { to: 'v2', policy });
    const next = registry.swap('fraud', { to: 'v3' });
    const refusals = Promise.all(
      [swapped, next].map((one) => expect(one).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' })),
    );
    await started;
    const waiting =
      policy === 'memory-first'
        ? expect(answer(registry, 'v1')).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' })
        : undefined;
    await registry.close();
    await refusals;
    await waiting;
    gate.resolve();
    await settle();
    expect([...loaded('v1'), ...loaded('v2')].every(({ disposals }) => disposals === 1)).toBe(true);
    expect(registry.health().memory).toMatchObject({ residentBytes: 0, reservedBytes: 0 });
    await expect(registry.swap('fraud', { to: 'v2' })).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
  });

  it('ends a swap that waits for calls in flight', async () => {
    const call = deferred<string[]>();
    const { registry } = swapFixture({ v1: { model: () => createFakeModel({ predict: () => call.promise }) }, v2: {} });
    await registry.load('fraud', 'v1');
    const early = registry.model('fraud', 'v1').predict([[1]]);
    const swapped = registry.swap('fraud', { to: 'v2', policy: 'memory-first' });
    const refusal = expect(swapped).rejects.toMatchObject({ code: 'ML_REGISTRY_CLOSED' });
    await settle();
    const closed = registry.close();
    await refusal;
    call.resolve(['early']);
    expect(await early).toEqual(['early']);
    await closed;
  });
});
