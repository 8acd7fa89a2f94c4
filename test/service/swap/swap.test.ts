import { describe, expect, it } from 'vitest';
import { BaseMLService } from '../../../src/index.ts';
import { deferred } from '../../../src/internal/deferred.ts';
import { ModelResolver } from '../../../src/service/model-resolver.ts';
import { configure } from '../../../src/service/registry-config.ts';
import { createFakeModel, createMemoryRepository, createMockLoader } from '../../../src/testing/index.ts';
import { record, settle } from '../registry-fixture.ts';
import { answer, swapFixture } from './swap-fixture.ts';

describe('swap', () => {
  it('lets the new version answer for every request of that name, and frees the old one', async () => {
    const { registry, loaded } = swapFixture({ v1: {}, v2: {} });
    class Fraud extends BaseMLService {
      readonly modelName = 'fraud';
      override readonly modelVersion = 'v1';
    }
    const service = registry.create(Fraud);
    const byRange = registry.model('fraud', '^1');
    expect([await service.model.predictOne([1]), await byRange.predictOne([1])]).toEqual(['v1', 'v1']);
    const result = await registry.swap('fraud', { to: 'v2' });
    expect(result).toEqual({
      from: { model: 'fraud', version: 'v1', artefact: 'trained/fraud_v1.mock' },
      to: { model: 'fraud', version: 'v2', artefact: 'trained/fraud_v2.mock' },
      changed: true,
      steps: expect.any(Object),
      durationMs: expect.any(Number),
      samples: 'skipped',
      differences: [],
      drained: true,
    });
    expect(Object.keys(result.steps)).toEqual(['resolve', 'load', 'compare', 'samples', 'switch', 'drain']);
    // Without a turn of the loop in between: nothing is left to be loaded.
    expect(service.model.info.version).toBe('v2');
    expect([await service.model.predictOne([1]), await byRange.predictOne([1])]).toEqual(['v2', 'v2']);
    expect(await answer(registry, 'v1')).toBe('v2');
    expect(loaded('v1').map(({ disposals }) => disposals)).toEqual([1]);
    expect(loaded('v2')).toHaveLength(1);
    expect(service.health()).toMatchObject({ state: 'ready', artefact: 'trained/fraud_v2.mock' });
  });

  it('stays after unload() and load(), over options and environment, and explain() says so', async () => {
    const { registry } = swapFixture(
      { v1: {}, v2: {}, v3: {} },
      { models: { fraud: { version: 'v1' } }, env: { ML_MODEL_FRAUD_VERSION: 'v3' } },
    );
    expect(await answer(registry)).toBe('v1');
    await registry.swap('fraud', { to: 'v2' });
    await registry.unload('fraud');
    expect(await answer(registry)).toBe('v2');
    expect((await registry.load('fraud')).info.version).toBe('v2');
    expect((await registry.resolve('fraud')).label).toBe('v2');
    const { via, chosen, candidates } = await registry.explain('fraud');
    expect(via).toEqual([
      'version "v1" from options.models.fraud.version',
      'a swap put trained/fraud_v2.mock in the place of what is asked for',
    ]);
    expect(chosen?.label).toBe('v2');
    expect(candidates.map(({ id, reason }) => `${id}: ${reason}`).sort()).toEqual([
      'trained/fraud_v1.mock: not chosen: a swap chose trained/fraud_v2.mock',
      'trained/fraud_v2.mock: chosen: a swap put it there',
      'trained/fraud_v3.mock: not chosen: a swap chose trained/fraud_v2.mock',
    ]);
  });

  it('says what is wrong when the file that it chose has vanished', async () => {
    const { registry, remove } = swapFixture({ v1: {}, v2: {} });
    await registry.swap('fraud', { to: 'v2' });
    remove('v2');
    await registry.unload('fraud');
    await expect(answer(registry)).rejects.toMatchObject({
      code: 'ML_MODEL_VERSION_NOT_FOUND',
      message: expect.stringContaining('a swap chose trained/fraud_v2.mock, which is gone'),
    });
  });

  it('puts a version in the place of a path that was set', async () => {
    const { registry } = swapFixture({ v1: {}, v2: {} }, { models: { fraud: { path: '/nowhere/fraud.mock' } } });
    await expect(answer(registry)).rejects.toMatchObject({ code: 'ML_ARTEFACT_MISSING' });
    await registry.swap('fraud', { to: 'v1' });
    expect(await answer(registry)).toBe('v1');
    await registry.swap('fraud', { to: 'v2' });
    expect(await answer(registry)).toBe('v2');
    await registry.rollback('fraud');
    expect(await answer(registry)).toBe('v1');
  });

  it('leaves calls in flight where they are, and frees the old version after the last', async () => {
    const gate = deferred<string[]>();
    const { registry, loaded } = swapFixture({
      v1: { model: () => createFakeModel({ predict: () => gate.promise }) },
      v2: {},
    });
    await registry.load('fraud', 'v1');
    const early = registry.model('fraud', 'v1').predict([[1]]);
    let ended = false;
    const swapped = registry.swap('fraud', { to: 'v2' }).then((result) => {
      ended = true;
      return result;
    });
    while (registry.modelHealth('fraud', 'v1').artefact !== 'trained/fraud_v2.mock') await settle();
    expect(await answer(registry, 'v1')).toBe('v2');
    expect([ended, loaded('v1')[0]?.disposals]).toEqual([false, 0]);
    gate.resolve(['early']);
    expect(await early).toEqual(['early']);
    expect(await swapped).toMatchObject({ drained: true });
    expect(loaded('v1')[0]?.disposals).toBe(1);
  });

  it('to what serves already loads and frees nothing, says so, and keeps it there', async () => {
    const { registry, loads, publish } = swapFixture({ v1: {} });
    expect(await answer(registry)).toBe('v1');
    const events = record(registry, 'swap:start', 'swap:end', 'load:start', 'unload:start', 'cache:evict');
    expect(await registry.swap('fraud', { to: '^1' })).toMatchObject({
      changed: false,
      from: { version: 'v1' },
      to: { version: 'v1' },
    });
    expect(events.map(({ name }) => name)).toEqual(['swap:start', 'swap:end']);
    publish('v2');
    await registry.load('fraud');
    expect([await answer(registry), loads('v1')]).toEqual(['v1', 1]);
  });

  it('loads a model that nobody asked for yet, so that the first call finds it', async () => {
    const { registry, loads } = swapFixture({ v1: {}, v2: {} });
    expect(await registry.swap('fraud', { to: 'v1' })).toMatchObject({ changed: true, from: undefined });
    expect(registry.modelHealth('fraud').state).toBe('ready');
    expect([await answer(registry), await answer(registry, 'v2'), loads('v1'), loads('v2')]).toEqual([
      'v1',
      'v1',
      1,
      0,
    ]);
  });

  it('finds a file that came a moment ago, and one that was replaced', async () => {
    const { registry, publish } = swapFixture({ v1: {} });
    expect(await answer(registry)).toBe('v1');
    publish('v2');
    expect(await registry.swap('fraud', { to: 'latest' })).toMatchObject({ changed: true, to: { version: 'v2' } });
    publish('v2', { bytes: 200, model: () => createFakeModel({ predict: ['v2 again'] }) });
    expect(await registry.swap('fraud', { to: 'v2' })).toMatchObject({ changed: true });
    expect(await answer(registry)).toBe('v2 again');
  });

  it('swaps a preprocessing artefact', async () => {
    const { MLServiceRegistry } = await import('../../../src/index.ts');
    const registry = new MLServiceRegistry({
      env: {},
      repository: createMemoryRepository({ 'preprocessing/scaler_v1.mock': '1', 'preprocessing/scaler_v2.mock': '2' }),
      loaders: [
        createMockLoader({
          model: ({ artefact }) => createFakeModel({ transform: [[Number(new TextDecoder().decode(artefact.bytes))]] }),
        }),
      ],
    });
    const scaler = registry.model('scaler', 'v1', { area: 'preprocessing' });
    expect((await scaler.transform([[0]])).toArray()).toEqual([[1]]);
    await registry.swap('scaler', { to: 'v2', area: 'preprocessing' });
    expect((await scaler.transform([[0]])).toArray()).toEqual([[2]]);
    await registry.rollback('scaler', { area: 'preprocessing' });
    expect((await scaler.transform([[0]])).toArray()).toEqual([[1]]);
  });

  it('leaves other names alone', async () => {
    const { registry } = swapFixture({ v1: {}, v2: {} });
    await registry.load('fraud', 'v1');
    await expect(registry.swap('frauds', { to: 'v2' })).rejects.toMatchObject({
      code: 'ML_SWAP_FAILED',
      step: 'resolve',
    });
    expect(await answer(registry, 'v1')).toBe('v1');
  });

  it.each([
    ['v2', 'options must be an object { to, ... }, got "v2"'],
    [{}, 'options.to must be a version such as v2, 1.2.0 or latest'],
    [{ to: '' }, 'options.to must be a version, not empty, got ""'],
    [{ to: 'v2', policy: 'fast' }, "options.policy must be 'availability-first' or 'memory-first', got \"fast\""],
    [{ to: 'v2', samples: true }, "options.samples must be 'require', 'ifPresent' or 'off', got true"],
    [{ to: 'v2', tolerance: -1 }, 'options.tolerance must be zero or a positive number, got -1'],
    [{ to: 'v2', drain: 5 }, 'options.drain must be absent: there is no such option'],
  ])('refuses %j', async (options, message) => {
    const { registry } = swapFixture({ v1: {}, v2: {} });
    await expect(registry.swap('fraud', options as never)).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: expect.stringContaining(message),
    });
  });
});

describe('a request for an exact version', () => {
  it('is not redirected by a swap, the options or the environment', async () => {
    const repository = createMemoryRepository({ 'fraud_v1.mock': '1', 'fraud_v2.mock': '2', 'fraud_v3.mock': '3' });
    const config = configure({
      env: { ML_MODEL_FRAUD_PATH: '/nowhere' },
      repository,
      loaders: [createMockLoader()],
      models: { fraud: { version: 'v3', place: 'inline' } },
    });
    const resolver = new ModelResolver(repository, config, () => Promise.resolve());
    const family = { area: 'trained', name: 'fraud' } as const;
    resolver.setPins(family, { all: 'trained/fraud_v2.mock', each: new Map() });
    expect((await resolver.resolve({ ...family, version: 'v1' })).ref.version).toBe('v2');
    const exact = await resolver.resolve({ ...family, version: 'v1', exact: true });
    expect([exact.ref.version, exact.place]).toEqual(['v1', 'inline']);
  });
});

describe('events', () => {
  it('tell start and end with what serves, what is to serve and how long each step took', async () => {
    const { registry } = swapFixture({ v1: {}, v2: {} });
    await registry.load('fraud', 'v1');
    const events = record(registry, 'swap:start', 'swap:end', 'swap:error');
    const result = await registry.swap('fraud', { to: 'v2' });
    const from = { model: 'fraud', version: 'v1', artefact: 'trained/fraud_v1.mock' };
    const facts = { trigger: 'swap', requested: 'v2', policy: 'availability-first', from };
    const { steps, durationMs } = result;
    expect(events).toEqual([
      { name: 'swap:start', payload: { model: 'fraud', version: undefined, artefact: undefined, ...facts } },
      {
        name: 'swap:end',
        payload: { ...facts, ...result.to, ...result },
      },
    ]);
    expect(Object.values(steps).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(durationMs + 0.001);
  });

  it('tell an error with its step', async () => {
    const { registry } = swapFixture({ v1: {} });
    await registry.load('fraud', 'v1');
    const events = record(registry, 'swap:start', 'swap:end', 'swap:error');
    const error = await registry.swap('fraud', { to: 'v2', policy: 'memory-first' }).catch((caught: unknown) => caught);
    expect(events.map(({ name }) => name)).toEqual(['swap:start', 'swap:error']);
    expect(events[1]?.payload).toMatchObject({
      model: 'fraud',
      requested: 'v2',
      policy: 'memory-first',
      step: 'resolve',
      error,
      from: { version: 'v1' },
    });
  });
});
