import { describe, expect, it } from 'vitest';
import { FailureMemory } from '../../src/cache/failure-memory.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { makeCache, request } from './cache-fixture.ts';

function failing() {
  let tries = 0;
  const error = new Error('broken file');
  return {
    tries: () => tries,
    error,
    load: () => {
      tries += 1;
      return Promise.reject(error);
    },
  };
}

describe('after a failed load', () => {
  it('the next call is refused without a try, until the pause is over', async () => {
    const { cache, clock } = makeCache();
    const broken = failing();
    const call = () => cache.acquire(request('a', 10, { load: broken.load }));
    await expect(call()).rejects.toBe(broken.error);
    await expect(call()).rejects.toMatchObject({
      code: 'ML_LOAD_BACKOFF',
      retryable: true,
      cause: broken.error,
      details: { retryAfterMs: 1_000, attempts: 1 },
    });
    expect(broken.tries()).toBe(1);
    await clock.advance(999);
    await expect(call()).rejects.toMatchObject({ code: 'ML_LOAD_BACKOFF', details: { retryAfterMs: 1 } });
    await clock.advance(1);
    await expect(call()).rejects.toBe(broken.error);
    expect(broken.tries()).toBe(2);
  });

  it('the pause doubles to its upper bound', () => {
    const clock = new FakeClock();
    const failures = new FailureMemory({ initialMs: 1_000, maxMs: 5_000 }, clock);
    const pauses = [1, 2, 3, 4, 5].map(() => {
      failures.remember('a', new Error('broken'));
      try {
        failures.check('a');
      } catch (error) {
        return (error as { details: { retryAfterMs: number } }).details.retryAfterMs;
      }
      return 0;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it('no pause was asked for and none is made, however often it fails', () => {
    const failures = new FailureMemory({ initialMs: 0, maxMs: 60_000 }, new FakeClock());
    for (let i = 0; i < 2_000; i++) failures.remember('a', new Error('broken'));
    expect(() => failures.check('a')).not.toThrow();
  });

  it('ignoreBackoff tries at once, and success forgets the failures', async () => {
    const { cache } = makeCache();
    const broken = failing();
    await expect(cache.acquire(request('a', 10, { load: broken.load }))).rejects.toBe(broken.error);
    const entry = await cache.acquire(request('a', 10, { ignoreBackoff: true }));
    entry.release();
    await cache.drop('a', 'unload', 1_000);
    expect((await cache.acquire(request('a', 10))).key).toBe('a');
  });

  it('other keys are not concerned', async () => {
    const { cache } = makeCache();
    await expect(cache.acquire(request('a', 10, { load: failing().load }))).rejects.toThrow('broken file');
    expect((await cache.acquire(request('b', 10))).key).toBe('b');
  });

  it('at most 1,000 failures are kept', () => {
    const failures = new FailureMemory({ initialMs: 1_000, maxMs: 1_000 }, new FakeClock());
    for (let i = 0; i <= 1_000; i++) failures.remember(`key ${i}`, new Error('broken'));
    expect(() => failures.check('key 0')).not.toThrow();
    expect(() => failures.check('key 1')).toThrow(/failed to load once/);
  });
});
