import { describe, expect, it } from 'vitest';
import { handLoad, makeCache, request, settle } from './cache-fixture.ts';

describe('one load per key', () => {
  it('gives 10,000 concurrent first calls the entry of exactly one load, each with its own lease', async () => {
    const { cache } = makeCache();
    const work = handLoad(10);
    const calls = Array.from({ length: 10_000 }, () => cache.acquire(request('a', 10, { load: work.load })));
    work.gate.resolve();
    const entries = await Promise.all(calls);
    expect(work.loads()).toBe(1);
    expect(new Set(entries).size).toBe(1);
    expect(entries[0]?.leases).toBe(10_000);
    for (const entry of entries) entry.release();
    expect(entries[0]?.leases).toBe(0);
  });

  it('loads different keys side by side', async () => {
    const { cache } = makeCache();
    const a = handLoad(10);
    const b = handLoad(10);
    const first = cache.acquire(request('a', 10, { load: a.load }));
    const second = cache.acquire(request('b', 10, { load: b.load }));
    await Promise.all([a.started, b.started]);
    b.gate.resolve();
    expect((await second).key).toBe('b');
    a.gate.resolve();
    expect((await first).key).toBe('a');
  });

  it('gives a failure to everybody who waits', async () => {
    const { cache } = makeCache();
    const work = handLoad(10);
    const failure = new Error('broken');
    const calls = Array.from({ length: 100 }, () => cache.acquire(request('a', 10, { load: work.load })));
    work.gate.reject(failure);
    const results = await Promise.allSettled(calls);
    expect(results.every((result) => result.status === 'rejected' && result.reason === failure)).toBe(true);
    expect(work.loads()).toBe(1);
    expect(cache.memory()).toMatchObject({ residentBytes: 0, reservedBytes: 0 });
  });
});

describe('aborting', () => {
  it('of one waiter leaves the others alone', async () => {
    const { cache } = makeCache();
    const work = handLoad(10);
    const leaving = new AbortController();
    const impatient = cache.acquire(request('a', 10, { load: work.load, signal: leaving.signal }));
    const patient = cache.acquire(request('a', 10, { load: work.load }));
    leaving.abort(new Error('bored'));
    await expect(impatient).rejects.toMatchObject({ code: 'ML_ABORTED', cause: leaving.signal.reason });
    expect((await work.started).aborted).toBe(false);
    work.gate.resolve();
    const entry = await patient;
    expect(entry.leases).toBe(1);
    expect(work.loads()).toBe(1);
  });

  it('of all waiters aborts the load, and is no failure to be remembered', async () => {
    const { cache } = makeCache();
    const work = handLoad(10);
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => cache.acquire(request('a', 10, { load: work.load, signal })));
    for (const controller of controllers) controller.abort();
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect((await work.started).aborted).toBe(true);
    work.gate.resolve();
    await settle();
    expect(cache.tryAcquire('a')).toBeUndefined();
    expect(cache.memory()).toMatchObject({ residentBytes: 0, reservedBytes: 0 });
    expect((await cache.acquire(request('a', 10))).key).toBe('a');
  });

  it('before the call is refused at once', async () => {
    const { cache } = makeCache();
    const work = handLoad(10);
    await expect(
      cache.acquire(request('a', 10, { load: work.load, signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ code: 'ML_ABORTED' });
    expect(work.loads()).toBe(0);
  });

  it('after the last waiter left, a new caller gets a load of its own', async () => {
    const { cache } = makeCache();
    const old = handLoad(10);
    const controller = new AbortController();
    const left = cache.acquire(request('a', 10, { load: old.load, signal: controller.signal }));
    controller.abort();
    await expect(left).rejects.toMatchObject({ code: 'ML_ABORTED' });
    const entry = await cache.acquire(request('a', 10));
    old.gate.resolve();
    await settle();
    expect(entry.live).toBe(true);
    expect(cache.memory()).toMatchObject({ residentBytes: 10, reservedBytes: 0 });
  });

  it('ends a wait for room at once', async () => {
    const { cache } = makeCache();
    await cache.acquire(request('held', 80));
    const controller = new AbortController();
    const waiting = cache.acquire(request('b', 50, { signal: controller.signal }));
    await settle();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ML_ABORTED' });
    await settle();
    // Its place is free again: the same key is loaded by whoever comes next.
    await expect(cache.acquire(request('b', 10))).resolves.toMatchObject({ key: 'b' });
  });
});
