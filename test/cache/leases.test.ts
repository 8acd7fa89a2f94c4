import { describe, expect, it } from 'vitest';
import { deferred } from '../../src/internal/deferred.ts';
import { loadIdle, makeCache, request, settle } from './cache-fixture.ts';

describe('a leased model', () => {
  it('is not disposed by a drop before its last lease ends', async () => {
    const { cache, evicted } = makeCache();
    const entry = await cache.acquire(request('a', 10));
    entry.lease();
    const dropped = cache.drop('a', 'unload', 1_000);
    await settle();
    expect(entry.value.disposals).toBe(0);
    entry.release();
    await settle();
    expect(entry.value.disposals).toBe(0);
    entry.release();
    await dropped;
    expect(entry.value.disposals).toBe(1);
    expect(evicted).toEqual([{ key: 'a', reason: 'unload', idleMs: 0 }]);
    expect(cache.memory().residentBytes).toBe(0);
  });

  it('is counted while it leaves, and nobody gets it any more', async () => {
    const { cache } = makeCache();
    const old = await cache.acquire(request('a', 10));
    const dropped = cache.drop('a', 'unload', 1_000);
    expect(cache.touch(old)).toBe(false);
    expect(cache.tryAcquire('a')).toBeUndefined();
    const fresh = await cache.acquire(request('a', 10));
    expect(fresh).not.toBe(old);
    expect(cache.memory()).toMatchObject({ residentBytes: 20, perModel: { a: 20 } });
    old.release();
    await dropped;
    expect(cache.memory()).toMatchObject({ residentBytes: 10, perModel: { a: 10 } });
    expect(fresh.live).toBe(true);
  });

  it('makes a drop fail loudly after the timeout, and is freed when its calls end', async () => {
    const { cache, clock } = makeCache();
    const entry = await cache.acquire(request('a', 10));
    const dropped = expect(cache.drop('a', 'unload', 500)).rejects.toMatchObject({
      code: 'ML_MODEL_UNLOAD_TIMEOUT',
      details: { key: 'a', leases: 1, timeoutMs: 500 },
    });
    await clock.advance(499);
    expect(entry.value.disposals).toBe(0);
    await clock.advance(1);
    await dropped;
    expect(entry.value.disposals).toBe(0);
    expect(cache.memory().residentBytes).toBe(10);
    entry.release();
    await settle();
    expect(entry.value.disposals).toBe(1);
    expect(cache.memory().residentBytes).toBe(0);
  });

  it('is waited for by a second drop too', async () => {
    const { cache } = makeCache();
    const entry = await cache.acquire(request('a', 10));
    const first = cache.drop('a', 'unload', 1_000);
    let second = 'waiting';
    const drop = async (): Promise<void> => {
      await cache.drop('a', 'unload', 1_000);
      second = 'done';
    };
    const again = drop();
    await settle();
    expect(second).toBe('waiting');
    entry.release();
    await Promise.all([first, again]);
    expect(entry.value.disposals).toBe(1);
  });

  it('is not handed over half: an entry cannot be evicted between its load and its callers', async () => {
    const { cache, evicted } = makeCache();
    // `b` needs all the room in the very moment in which `a` is loaded.
    const [a, b] = await Promise.allSettled([
      cache.acquire(request('a', 60)).then(async (entry) => {
        expect(entry.live).toBe(true);
        await settle();
        expect(entry.value.disposals).toBe(0);
        entry.release();
        return entry;
      }),
      cache.acquire(request('b', 100)),
    ]);
    expect([a.status, b.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(evicted.map(({ key }) => key)).toEqual(['a']);
  });
});

describe('close', () => {
  it('drops everything and waits for leases', async () => {
    const { cache, evicted } = makeCache();
    const a = await cache.acquire(request('a', 10));
    await loadIdle(cache, 'b', 10);
    const closed = cache.close(new Error('closed'), 1_000);
    a.release();
    expect(await closed).toEqual([]);
    expect(evicted.map(({ key, reason }) => `${key} ${reason}`).sort()).toEqual(['a close', 'b close']);
    expect(cache.memory().residentBytes).toBe(0);
  });

  it('gives back an error for each model that is still in use, those being unloaded included', async () => {
    const { cache, clock } = makeCache();
    const a = await cache.acquire(request('a', 10));
    const unloading = expect(cache.drop('a', 'unload', 100)).rejects.toMatchObject({ code: 'ML_MODEL_UNLOAD_TIMEOUT' });
    await cache.acquire(request('b', 10));
    await clock.advance(100);
    await unloading;
    const closed = cache.close(new Error('closed'), 500);
    await clock.advance(500);
    expect(await closed).toMatchObject([{ details: { key: 'a' } }, { details: { key: 'b' } }]);
    a.release();
    await settle();
    expect(a.value.disposals).toBe(1);
  });

  it('aborts loads with its reason and refuses new ones', async () => {
    const { cache } = makeCache();
    const gate = deferred<void>();
    const reason = new Error('closed');
    let signal: AbortSignal | undefined;
    const loading = cache.acquire(
      request('a', 10, {
        load: async (abort, makeRoom) => {
          signal = abort;
          await gate.promise;
          await makeRoom();
          throw new Error('unreachable');
        },
      }),
    );
    const closed = cache.close(reason, 1_000);
    await expect(loading).rejects.toBe(reason);
    expect(signal?.aborted).toBe(true);
    gate.resolve();
    await closed;
    await expect(cache.acquire(request('b', 10))).rejects.toBe(reason);
    expect(cache.memory()).toMatchObject({ residentBytes: 0, reservedBytes: 0 });
  });
});
