import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, OverloadError, PredictionError } from '../../src/errors/index.ts';
import { isArmsFault } from '../../src/routing/arm-metrics.ts';
import { LatencyHistogram } from '../../src/routing/latency-histogram.ts';
import { OutcomeStore } from '../../src/routing/outcome-store.ts';
import { RecentCalls } from '../../src/routing/recent-calls.ts';
import { RunningMean } from '../../src/routing/running-mean.ts';
import { FakeClock } from '../../src/testing/index.ts';

describe('latencies', () => {
  it('have quantiles that are off by at most 2.2 percent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.9, 0.95, 0.99, 1),
        (values, q) => {
          const histogram = new LatencyHistogram();
          for (const value of values) histogram.record(value);
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number;
          const found = histogram.quantile(q) as number;
          expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(0.0221);
          expect(histogram.maxMs).toBe(sorted.at(-1));
        },
      ),
    );
  });

  it('of nothing and of very much are told too', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.quantile(0.5)).toBeUndefined();
    histogram.record(0);
    histogram.record(1e12);
    expect(histogram.quantile(0.5)).toBeLessThan(0.002);
    expect(histogram.maxMs).toBe(1e12);
  });
});

describe('a running mean', () => {
  it('is the mean and the variance of all numbers, to the last digits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 200 }),
        (all) => {
          const running = new RunningMean();
          for (const value of all) running.push(value);
          const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
          const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1);
          expect(Math.abs(running.mean - mean)).toBeLessThanOrEqual(1e-8);
          expect(Math.abs(running.variance - variance)).toBeLessThanOrEqual(1e-9 * Math.max(1, variance));
        },
      ),
    );
  });
});

describe('the latest calls', () => {
  const bounds = { maxErrorRate: 0.1, maxLatencyMs: 20, latencyQuantile: 0.9, minCalls: 10, window: 20 };

  it('are judged from minCalls on, and only when more than the share failed', () => {
    const recent = new RecentCalls(bounds);
    for (let i = 0; i < 9; i++) recent.record(i < 2, false);
    expect(recent.breach()).toBeUndefined();
    recent.record(false, false);
    expect(recent.breach()).toEqual({ reason: 'errors', share: 0.2, allowed: 0.1, calls: 10 });
    for (let i = 0; i < 10; i++) recent.record(false, false);
    expect(recent.breach()).toBeUndefined();
  });

  it('count as slow by the share that takes longer', () => {
    const recent = new RecentCalls(bounds);
    for (let i = 0; i < 20; i++) recent.record(false, i % 10 === 0);
    expect(recent.breach()).toBeUndefined();
    recent.record(false, true);
    recent.record(false, true);
    expect(recent.breach()).toMatchObject({ reason: 'latency', share: 0.15, maxLatencyMs: 20, calls: 20 });
  });

  it('are the same as a list of the last ones, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 100 }), (calls) => {
        const recent = new RecentCalls({ ...bounds, maxErrorRate: 0, latencyQuantile: 0.999_999, minCalls: 1 });
        for (const [failed, slow] of calls) recent.record(failed, slow);
        const last = calls.slice(-bounds.window);
        const share = (of: (call: [boolean, boolean]) => boolean) => last.filter(of).length / last.length;
        const failed = share(([one]) => one);
        const slow = share(([, one]) => one);
        const breach = recent.breach();
        if (last.length === 0 || (failed === 0 && slow === 0)) expect(breach).toBeUndefined();
        else expect(breach).toMatchObject(failed > 0 ? { reason: 'errors', share: failed } : { share: slow });
      }),
    );
  });
});

describe('an error', () => {
  it('is the fault of the arm unless it is that of the caller or of all models together', () => {
    expect(isArmsFault(new PredictionError('ML_PREDICT_FAILED', 'x'))).toBe(true);
    expect(isArmsFault(new TypeError('x'))).toBe(true);
    expect(isArmsFault(new InputError('ML_INPUT_SHAPE', 'x'))).toBe(false);
    const overloaded = (limit: string) => new OverloadError('ML_OVERLOADED', 'x', { details: { limit } });
    expect(isArmsFault(overloaded('maxQueue'))).toBe(true);
    expect(isArmsFault(overloaded('maxTotalQueue'))).toBe(false);
  });
});

describe('open outcomes', () => {
  const count = () => true;

  it('are counted once, and not at all when unknown or too late', async () => {
    const clock = new FakeClock();
    const store = new OutcomeStore<string>({ maxOpen: 10, ttlMs: 1_000 }, clock);
    const [x, y] = [store.add('a'), store.add('b')];
    const owners: string[] = [];
    const of = (owner: string) => owners.push(owner) > 0;
    expect([store.report(x, of), store.report(x, of), store.report('z', of), store.report('', of)]).toEqual([
      'counted',
      'repeated',
      'unknown',
      'unknown',
    ]);
    await clock.advance(1_000);
    expect([store.report(x, of), store.report(y, of)]).toEqual(['unknown', 'unknown']);
    expect(owners).toEqual(['a']);
  });

  it('stay open where nobody takes the outcome', () => {
    const store = new OutcomeStore<string>({ maxOpen: 10, ttlMs: 1_000 }, new FakeClock());
    const id = store.add('a');
    expect([store.report(id, () => false), store.report(id, count)]).toEqual(['unknown', 'counted']);
  });

  it('have ids that do not follow from others', () => {
    const store = new OutcomeStore<string>({ maxOpen: 10, ttlMs: 1_000 }, new FakeClock());
    const [first = '', second = ''] = [store.add('a'), store.add('a')].map((id) => id.slice(id.indexOf('-')));
    expect(first).not.toBe(second);
    for (const guess of [`1${first}`, '1', '1-', `01${second}`, ` 1${second}`, `1${second} `])
      expect(store.report(guess, count)).toBe('unknown');
    expect(store.report(`1${second}`, count)).toBe('counted');
    expect(new OutcomeStore<string>({ maxOpen: 10, ttlMs: 1_000 }, new FakeClock()).report(`1${second}`, count)).toBe(
      'unknown',
    );
  });

  it('never hold more than maxOpen: the oldest give way', () => {
    const store = new OutcomeStore<number>({ maxOpen: 3_000, ttlMs: 1_000 }, new FakeClock());
    const ids = Array.from({ length: 10_000 }, (_, i) => {
      const id = store.add(i);
      expect(store.size).toBe(Math.min(i + 1, 3_000));
      return id;
    });
    const owners: number[] = [];
    const results = ids.map((id) => store.report(id, (owner) => owners.push(owner) > 0));
    expect(results.indexOf('counted')).toBe(7_000);
    expect(owners).toEqual(Array.from({ length: 3_000 }, (_, i) => 7_000 + i));
  });

  it('are the same as a list of the last ones, whatever the limits become', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ limit: fc.integer({ min: 1, max: 3_000 }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.array(step, { maxLength: 12 }), (maxOpen, steps) => {
        const store = new OutcomeStore<number>({ maxOpen, ttlMs: 1 }, new FakeClock());
        const all: string[] = [];
        let [kept, limit] = [0, maxOpen];
        for (const one of steps) {
          if ('limit' in one) {
            limit = one.limit;
            store.limit({ maxOpen: limit, ttlMs: 1 });
          } else for (let i = 0; i < one.add; i++) all.push(store.add(all.length));
          kept = Math.min(limit, kept + ('add' in one ? one.add : 0));
          expect(store.size).toBe(kept);
        }
        const owners: number[] = [];
        for (const id of all) store.report(id, (owner) => owners.push(owner) > 0);
        expect(owners).toEqual(Array.from({ length: kept }, (_, i) => all.length - kept + i));
      }),
      { numRuns: 60 },
    );
  });
});
