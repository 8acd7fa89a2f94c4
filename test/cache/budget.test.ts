import { describe, expect, it } from 'vitest';
import { deferred } from '../../src/internal/deferred.ts';
import { Block, loadIdle, makeCache, request, settle } from './cache-fixture.ts';

describe('the budget', () => {
  it('refuses a model larger than all of it before anything is read', async () => {
    const { cache, evicted } = makeCache();
    await loadIdle(cache, 'a', 10);
    let read = false;
    const tooLarge = cache.acquire(
      request('big', 101, {
        load: () => {
          read = true;
          return Promise.resolve(new Block(101));
        },
      }),
    );
    await expect(tooLarge).rejects.toMatchObject({
      code: 'ML_CACHE_MODEL_TOO_LARGE',
      details: { key: 'big', bytes: 101, maxBytes: 100 },
    });
    expect(read).toBe(false);
    expect(evicted).toEqual([]);
  });

  it('evicts idle models, the least recently used first, as many as it takes', async () => {
    const { cache, evicted, pressure, clock } = makeCache();
    await loadIdle(cache, 'a', 30);
    await loadIdle(cache, 'b', 30);
    await loadIdle(cache, 'c', 30);
    await clock.advance(5);
    cache.tryAcquire('a')?.release();
    await loadIdle(cache, 'd', 50);
    expect(evicted).toEqual([
      { key: 'b', reason: 'budget', idleMs: 5 },
      { key: 'c', reason: 'budget', idleMs: 5 },
    ]);
    expect(pressure).toEqual([40]);
    expect(cache.memory()).toEqual({
      residentBytes: 80,
      reservedBytes: 0,
      budgetBytes: 100,
      perModel: { a: 30, d: 50 },
    });
  });

  it('a hit through an entry in hand counts as use', async () => {
    const { cache, evicted } = makeCache();
    const a = await loadIdle(cache, 'a', 40);
    await loadIdle(cache, 'b', 40);
    expect(cache.touch(a)).toBe(true);
    a.release();
    await loadIdle(cache, 'c', 40);
    expect(evicted.map(({ key }) => key)).toEqual(['b']);
  });

  it('never evicts a leased model for another', async () => {
    const { cache, clock } = makeCache();
    const a = await cache.acquire(request('a', 80));
    const waiting = expect(cache.acquire(request('b', 50))).rejects.toMatchObject({
      code: 'ML_CACHE_BUDGET_EXHAUSTED',
      retryable: true,
    });
    await clock.advance(1_000);
    await waiting;
    expect(a.value.disposals).toBe(0);
    expect(cache.memory()).toMatchObject({ residentBytes: 80, reservedBytes: 0 });
  });

  it('lets a waiting load in as soon as a lease ends, not at the end of its wait', async () => {
    const { cache, clock } = makeCache();
    const a = await cache.acquire(request('a', 80));
    const waiting = cache.acquire(request('b', 50));
    await settle();
    a.release();
    expect((await waiting).key).toBe('b');
    expect(clock.now()).toBe(0);
  });

  it('never evicts a pinned model', async () => {
    const { cache, evicted, clock } = makeCache();
    (await cache.acquire(request('pinned', 60, { pinned: true }))).release();
    await loadIdle(cache, 'b', 30);
    await loadIdle(cache, 'c', 40);
    expect(evicted.map(({ key }) => key)).toEqual(['b']);
    const refused = expect(cache.acquire(request('d', 50))).rejects.toMatchObject({
      code: 'ML_CACHE_BUDGET_EXHAUSTED',
    });
    await clock.advance(1_000);
    await refused;
    expect(cache.tryAcquire('pinned')?.live).toBe(true);
  });

  it('guards against thrash: a young model keeps its place for minResidencyMs', async () => {
    const { cache, clock, evicted } = makeCache({ minResidencyMs: 100 });
    await loadIdle(cache, 'a', 60);
    let loaded = false;
    const load = async (): Promise<void> => {
      await cache.acquire(request('b', 60));
      loaded = true;
    };
    const b = load();
    await clock.advance(99);
    expect([loaded, evicted.length]).toEqual([false, 0]);
    await clock.advance(1);
    await b;
    expect(evicted).toEqual([{ key: 'a', reason: 'budget', idleMs: 100 }]);
  });

  it('makes room again for a model that turns out larger than its file', async () => {
    const { cache, evicted } = makeCache();
    await loadIdle(cache, 'a', 50);
    const grown = await cache.acquire(
      request('b', 40, {
        load: async (_signal, makeRoom) => {
          await makeRoom();
          expect(cache.memory()).toMatchObject({ residentBytes: 50, reservedBytes: 40 });
          return new Block(70);
        },
      }),
    );
    expect(evicted.map(({ key }) => key)).toEqual(['a']);
    expect(grown.bytes).toBe(70);
    expect(cache.memory()).toMatchObject({ residentBytes: 70, reservedBytes: 0 });
  });

  it('gives back what a model smaller than its file does not need', async () => {
    const { cache } = makeCache();
    await cache.acquire(
      request('a', 90, {
        load: async (_signal, makeRoom) => {
          await makeRoom();
          return new Block(20);
        },
      }),
    );
    expect(cache.memory()).toMatchObject({ residentBytes: 20, reservedBytes: 0 });
  });

  it('disposes a model that turns out larger than the whole budget', async () => {
    const { cache } = makeCache();
    const block = new Block(101);
    const loading = cache.acquire(
      request('a', 10, {
        load: async (_signal, makeRoom) => {
          await makeRoom();
          return block;
        },
      }),
    );
    await expect(loading).rejects.toMatchObject({ code: 'ML_CACHE_MODEL_TOO_LARGE' });
    expect(block.disposals).toBe(1);
    expect(cache.memory()).toMatchObject({ residentBytes: 0, reservedBytes: 0 });
  });

  it('counts an evicted model until it is disposed', async () => {
    const { cache } = makeCache();
    const a = await loadIdle(cache, 'a', 60);
    a.value.disposing = deferred();
    const b = cache.acquire(request('b', 60));
    await settle();
    expect(cache.memory()).toMatchObject({ residentBytes: 60, reservedBytes: 0 });
    a.value.disposing.resolve();
    expect((await b).key).toBe('b');
    expect(cache.memory().residentBytes).toBe(60);
  });

  it('does not wait for ever for a model that cannot be disposed', async () => {
    const { cache, clock } = makeCache();
    const a = await loadIdle(cache, 'a', 60);
    a.value.disposing = deferred();
    const refused = expect(cache.acquire(request('b', 60))).rejects.toMatchObject({
      code: 'ML_CACHE_BUDGET_EXHAUSTED',
    });
    await clock.advance(1_000);
    await refused;
  });
});

describe('idle models', () => {
  it('leave after their time to live, used, leased and pinned ones stay', async () => {
    const { cache, clock, evicted } = makeCache({ idleTtlMs: 1_000 });
    await loadIdle(cache, 'idle', 10);
    await loadIdle(cache, 'used', 10);
    await cache.acquire(request('leased', 10));
    (await cache.acquire(request('pinned', 10, { pinned: true }))).release();
    await clock.advance(600);
    cache.tryAcquire('used')?.release();
    await clock.advance(600);
    expect(evicted).toEqual([{ key: 'idle', reason: 'idle', idleMs: 1_000 }]);
    await clock.advance(1_000);
    expect(evicted.map(({ key }) => key)).toEqual(['idle', 'used']);
    expect(cache.memory().residentBytes).toBe(20);
  });

  it('leave no timer behind once the cache is empty or closed', async () => {
    const { cache, clock } = makeCache({ idleTtlMs: 1_000 });
    await loadIdle(cache, 'a', 10);
    await clock.advance(2_000);
    expect(clock.pending).toBe(0);
    await loadIdle(cache, 'b', 10);
    expect(clock.pending).toBe(1);
    await cache.close(new Error('closed'), 1_000);
    expect(clock.pending).toBe(0);
  });
});
