import { describe, expect, it } from 'vitest';
import { deferred } from '../../../src/internal/deferred.ts';
import { createFakeModel } from '../../../src/testing/index.ts';
import { record } from '../registry-fixture.ts';
import { answer, swapFixture } from './swap-fixture.ts';

const ALIASES = { aliases: { fraud: { champion: 'v1' } } };

describe('setAlias', () => {
  it('moves requests by the alias at once, after the version was loaded, and no others', async () => {
    const gate = deferred<void>();
    const model = async () => {
      await gate.promise;
      return createFakeModel({ predict: ['v2'] });
    };
    const { registry, loaded } = swapFixture({ v1: {}, v2: { model } }, ALIASES);
    const champion = registry.model('fraud', 'champion');
    await champion.predictOne([1]);
    await registry.load('fraud', 'v1');
    const events = record(registry, 'swap:start', 'swap:end');
    const set = registry.setAlias('fraud', 'champion', 'v2');
    expect(await champion.predictOne([1])).toBe('v1');
    gate.resolve();
    await set;
    expect(champion.info.version).toBe('v2');
    expect([await answer(registry, 'champion'), await answer(registry, 'v1')]).toEqual(['v2', 'v1']);
    // Others still use it.
    expect(loaded('v1')[0]?.disposals).toBe(0);
    expect(events.map(({ payload }) => payload)).toMatchObject([
      { trigger: 'alias', requested: 'v2', from: { version: 'v1' } },
      { trigger: 'alias', version: 'v2' },
    ]);
  });

  it('is ready for the first call by a new alias', async () => {
    const { registry, loads } = swapFixture({ v1: {}, v2: {} });
    await registry.setAlias('fraud', 'challenger', 'v2');
    expect(registry.modelHealth('fraud', 'challenger').state).toBe('ready');
    expect([await answer(registry, 'challenger'), loads('v2')]).toEqual(['v2', 1]);
  });

  it('frees what nobody asks for any more', async () => {
    const { registry, loaded } = swapFixture({ v1: {}, v2: {} }, ALIASES);
    await answer(registry, 'champion');
    await registry.setAlias('fraud', 'champion', 'v2');
    expect(loaded('v1').map(({ disposals }) => disposals)).toEqual([1]);
  });

  it('throws what loading throws, and changes nothing', async () => {
    const { registry } = swapFixture({ v1: {} }, ALIASES);
    await answer(registry, 'champion');
    await expect(registry.setAlias('fraud', 'champion', 'v2')).rejects.toMatchObject({
      code: 'ML_MODEL_VERSION_NOT_FOUND',
    });
    expect([await answer(registry, 'champion'), (await registry.resolve('fraud', 'champion')).label]).toEqual([
      'v1',
      'v1',
    ]);
  });

  it('refuses an incompatible version, unless told', async () => {
    const { registry } = swapFixture(
      {
        v1: { model: () => createFakeModel({ predict: ['v1'], classes: ['a'] }) },
        v2: { model: () => createFakeModel({ predict: ['v2'], classes: ['b'] }) },
      },
      ALIASES,
    );
    await answer(registry, 'champion');
    await expect(registry.setAlias('fraud', 'champion', 'v2')).rejects.toMatchObject({ code: 'ML_SWAP_INCOMPATIBLE' });
    expect((await registry.resolve('fraud', 'champion')).label).toBe('v1');
    await registry.setAlias('fraud', 'champion', 'v2', { force: true });
    expect(await answer(registry, 'champion')).toBe('v2');
    await expect(registry.setAlias('fraud', 'champion', 'v1', { to: 'v1' } as never)).rejects.toMatchObject({
      code: 'ML_OPTIONS_INVALID',
    });
  });

  it('wins over a swap made before, for that alias; a swap made after wins over it', async () => {
    const { registry } = swapFixture({ v1: {}, v2: {}, v3: {} }, ALIASES);
    await registry.load('fraud', 'v1');
    await answer(registry, 'champion');
    await registry.swap('fraud', { to: 'v3' });
    await registry.setAlias('fraud', 'champion', 'v2');
    expect([await answer(registry, 'champion'), await answer(registry, 'v1')]).toEqual(['v2', 'v3']);
    await registry.unload('fraud', 'champion');
    expect(await answer(registry, 'champion')).toBe('v2');
    await registry.swap('fraud', { to: 'v1' });
    expect([await answer(registry, 'champion'), await answer(registry, 'v2')]).toEqual(['v1', 'v1']);
  });

  it('moves every request where the environment asks for the alias', async () => {
    const { registry } = swapFixture({ v1: {}, v2: {} }, { ...ALIASES, env: { ML_MODEL_FRAUD_VERSION: 'champion' } });
    expect(await answer(registry, 'v2')).toBe('v1');
    await registry.setAlias('fraud', 'champion', 'v2');
    expect([await answer(registry, 'v2'), await answer(registry)]).toEqual(['v2', 'v2']);
  });
});
