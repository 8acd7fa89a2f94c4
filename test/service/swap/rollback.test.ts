import { describe, expect, it } from 'vitest';
import { createFakeModel } from '../../../src/testing/index.ts';
import { record } from '../registry-fixture.ts';
import { answer, swapFixture } from './swap-fixture.ts';

const FIVE = { v1: {}, v2: {}, v3: {}, v4: {}, v5: {} };

describe('rollback', () => {
  it('goes back to the version before, one swap at a time', async () => {
    const { registry, loaded } = swapFixture(FIVE);
    await registry.load('fraud', 'v1');
    for (const to of ['v3', 'v2', 'v5']) await registry.swap('fraud', { to });
    const events = record(registry, 'swap:start', 'swap:end');
    const result = await registry.rollback('fraud');
    expect(result).toMatchObject({ changed: true, from: { version: 'v5' }, to: { version: 'v2' }, samples: 'skipped' });
    expect(events.map(({ payload }) => payload)).toMatchObject([{ trigger: 'rollback' }, { trigger: 'rollback' }]);
    expect(await answer(registry, 'v1')).toBe('v2');
    await registry.rollback('fraud');
    expect(await answer(registry, 'v1')).toBe('v3');
    await registry.rollback('fraud');
    expect(await answer(registry, 'v1')).toBe('v1');
    await expect(registry.rollback('fraud')).rejects.toMatchObject({
      code: 'ML_SWAP_NO_PREVIOUS',
      message: 'there is no swap of fraud to roll back; swap("fraud", { to }) names the version to serve',
    });
    expect(loaded('v5').map(({ disposals }) => disposals)).toEqual([1]);
    expect(registry.health().memory.perModel).toEqual({ 'trained/fraud_v1.mock': expect.any(Number) });
  });

  it('goes back to what served, not to what is the latest by now', async () => {
    const { registry, publish } = swapFixture({ v1: {} });
    expect(await answer(registry)).toBe('v1');
    publish('v2');
    await registry.swap('fraud', { to: 'latest' });
    expect(await answer(registry)).toBe('v2');
    await registry.rollback('fraud');
    await registry.unload('fraud');
    expect([await answer(registry), await answer(registry, '^1')]).toEqual(['v1', 'v1']);
  });

  it('gives every request back what it stood for, where they differed', async () => {
    const { registry } = swapFixture(FIVE);
    await Promise.all(['v1', 'v2', 'latest'].map((version) => registry.load('fraud', version)));
    await registry.swap('fraud', { to: 'v4' });
    expect(await Promise.all(['v1', 'v2', 'latest', 'v3'].map((version) => answer(registry, version)))).toEqual(
      Array(4).fill('v4'),
    );
    await registry.rollback('fraud');
    expect(['v1', 'v2', 'latest'].map((version) => registry.modelHealth('fraud', version).artefact)).toEqual([
      'trained/fraud_v1.mock',
      'trained/fraud_v2.mock',
      'trained/fraud_v5.mock',
    ]);
    // v3 and v4 had not been asked for before the swap: they stand for what they ask for.
    expect(await Promise.all(['v1', 'v2', 'latest', 'v3', 'v4'].map((version) => answer(registry, version)))).toEqual([
      'v1',
      'v2',
      'v5',
      'v3',
      'v4',
    ]);
  });

  it('needs no force to go back from a version that was forced', async () => {
    const { registry } = swapFixture({
      v1: {
        model: () => createFakeModel({ predict: ['v1'], classes: ['a'] }),
        metadata: { samples: { rows: [[1]], predict: ['wrong'] } },
      },
      v2: { model: () => createFakeModel({ predict: ['v2'], classes: ['b'] }) },
    });
    await registry.load('fraud', 'v1');
    await registry.swap('fraud', { to: 'v2', force: true });
    expect(await registry.rollback('fraud')).toMatchObject({ changed: true });
    expect(await answer(registry)).toBe('v1');
  });

  it('that fails leaves the newer version serving, and can be tried again', async () => {
    const { registry, remove, publish } = swapFixture({ v1: {}, v2: {} });
    await registry.load('fraud', 'v1');
    await registry.swap('fraud', { to: 'v2' });
    remove('v1');
    await expect(registry.rollback('fraud')).rejects.toMatchObject({ code: 'ML_SWAP_FAILED', step: 'resolve' });
    expect(await answer(registry)).toBe('v2');
    publish('v1');
    await registry.rollback('fraud');
    expect(await answer(registry)).toBe('v1');
  });

  it('of a swap before anybody asked gives the names back what they ask for', async () => {
    const { registry } = swapFixture(FIVE);
    await registry.swap('fraud', { to: 'v2' });
    expect(await answer(registry, 'v3')).toBe('v2');
    await registry.rollback('fraud');
    expect(await answer(registry, 'v4')).toBe('v4');
  });

  it('remembers the last 20 swaps', async () => {
    const { registry } = swapFixture(FIVE);
    await registry.load('fraud', 'v1');
    for (let i = 0; i < 25; i++) await registry.swap('fraud', { to: i % 2 === 0 ? 'v2' : 'v3' });
    for (let i = 0; i < 20; i++) await registry.rollback('fraud');
    await expect(registry.rollback('fraud')).rejects.toMatchObject({ code: 'ML_SWAP_NO_PREVIOUS' });
  });

  it('refuses options that it does not have', async () => {
    const { registry } = swapFixture(FIVE);
    await expect(registry.rollback('fraud', { to: 'v1' } as never)).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
      message: 'options.to must be absent: there is no such option',
    });
  });
});
