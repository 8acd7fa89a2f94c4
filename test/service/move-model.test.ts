import { describe, expect, it } from 'vitest';
import { MLServiceRegistry, type ServiceEventMap } from '../../src/index.ts';
import { createMemoryRepository } from '../../src/testing/memory-repository.ts';
import { turn } from '../execution/scheduled-runner.ts';
import { scriptBytes, scriptLoader, until } from '../execution/worker-fixture.ts';

function registryOf(script: object, options: ConstructorParameters<typeof MLServiceRegistry>[0] = {}) {
  const repository = createMemoryRepository({ 'fraud_v1.script': { bytes: scriptBytes(script as never) } });
  return new MLServiceRegistry({ env: {}, repository, loaders: [scriptLoader], ...options });
}

describe('a model on the event loop', () => {
  it('that keeps holding it is moved to a thread, while calls go on', async () => {
    const registry = registryOf({ predict: 'obey' }, { execution: { maxHoldMs: 2 } });
    const moved: ServiceEventMap['execution:moved'][] = [];
    registry.on('execution:moved', (event) => moved.push(event));
    const model = registry.model<unknown, unknown>('fraud');
    await model.predict([['say', 0]]);
    expect(registry.execution()).toMatchObject([{ model: 'fraud', place: 'inline', restarts: 0 }]);
    let value = 0;
    while (moved.length === 0) {
      expect(await model.predict([['work', ++value % 5 === 0 ? 1 : 20]])).toHaveLength(1);
      await turn();
    }
    expect(moved).toMatchObject([
      { model: 'fraud', from: 'inline', to: 'thread', reason: expect.stringContaining('held') },
    ]);
    expect(await model.predict([['say', 'there']])).toEqual(['there']);
    expect(registry.execution()).toMatchObject([{ place: 'thread', synchronous: false }]);
    await registry.unload('fraud');
    // It is known now: the next time it starts there.
    await model.predict([['say', 1]]);
    expect(registry.execution()).toMatchObject([{ place: 'thread' }]);
    await registry.close();
  });

  it('stays there if that was asked for, and if it is quick', async () => {
    for (const [execution, row] of [
      [{ place: 'inline', maxHoldMs: 1 }, ['work', 5]],
      [{ maxHoldMs: 1_000 }, ['say', 1]],
    ] as const) {
      const registry = registryOf({ predict: 'obey' }, { execution });
      const model = registry.model<unknown, unknown>('fraud');
      for (let i = 0; i < 30; i++) await model.predict([row]);
      expect(registry.execution()).toMatchObject([{ place: 'inline' }]);
      await registry.close();
    }
  });
});

describe('the place of one model', () => {
  it.each([
    ['options.models', { models: { fraud: { place: 'thread' } } }, 'thread'],
    ['the environment', { env: { ML_MODEL_FRAUD_PLACE: 'thread' } }, 'thread'],
    ['the environment for all', { env: { ML_EXECUTION_PLACE: 'thread' } }, 'thread'],
    [
      'options over the environment',
      { env: { ML_MODEL_FRAUD_PLACE: 'thread' }, models: { fraud: { place: 'inline' } } },
      'inline',
    ],
    ['one over all', { execution: { place: 'thread' }, models: { fraud: { place: 'inline' } } }, 'inline'],
  ] as const)('is set by %s', async (_, options, place) => {
    const registry = registryOf({ predict: 'double' }, options);
    expect(await registry.model<unknown, unknown>('fraud').predict([[2]])).toEqual([4]);
    expect(registry.execution()).toMatchObject([{ place }]);
    await registry.close();
  });

  it('must be one that exists, in the environment too', () => {
    expect(() => registryOf({}, { env: { ML_EXECUTION_PLACE: 'moon' } })).toThrow(/ML_EXECUTION_PLACE must be one of/);
  });
});

describe('a worker that is given up', () => {
  it('takes its model out of the cache; load() brings it back at once', async () => {
    const registry = registryOf({ predict: 'obey' }, { execution: { place: 'process', maxRestarts: 0 } });
    const evicted: string[] = [];
    registry.on('cache:evict', ({ reason }) => evicted.push(reason));
    const model = registry.model<unknown, unknown>('fraud');
    await expect(model.predict([['abort', 0]])).rejects.toMatchObject({ code: 'ML_WORKER_CRASHED' });
    await until(() => evicted.length > 0);
    expect(evicted).toEqual(['crashed']);
    expect(registry.modelHealth('fraud')).toMatchObject({
      state: 'failed',
      code: 'ML_WORKER_GIVEN_UP',
      available: false,
    });
    await expect(model.predict([['say', 1]])).rejects.toMatchObject({ code: 'ML_LOAD_BACKOFF' });
    expect(registry.modelHealth('fraud').state).toBe('failed');
    await registry.load('fraud');
    expect(registry.modelHealth('fraud')).toMatchObject({ state: 'ready', available: true });
    expect(await model.predict([['say', 1]])).toEqual([1]);
    await registry.close();
  });
});

describe('the time of a call', () => {
  it('includes the load', async () => {
    const registry = registryOf({ predict: 'double', slowMs: 300 });
    const model = registry.model<unknown, unknown>('fraud');
    await expect(model.predict([[1]], { timeoutMs: 30 })).rejects.toMatchObject({ code: 'ML_DEADLINE_EXCEEDED' });
    expect(await model.predict([[1]], { timeoutMs: 10_000 })).toEqual([2]);
    await registry.close();
  });
});
