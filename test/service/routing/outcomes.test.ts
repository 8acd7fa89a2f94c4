import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Estimate, RouteOptions } from '../../../src/index.ts';
import { createTestRegistry, FakeClock } from '../../../src/testing/index.ts';
import { routed, saying } from './routing-fixture.ts';

async function setUp(options: Partial<RouteOptions> = {}) {
  const clock = new FakeClock();
  const registry = createTestRegistry({ clock, models: { 'fraud@v1': saying('v1'), 'fraud@v2': saying('v2') } });
  const route = await registry.route('fraud', {
    arms: [
      { version: 'v1', weight: 1 },
      { version: 'v2', weight: 1 },
    ],
    ...options,
  });
  const model = registry.model('fraud');
  /** Makes a prediction by an arm and gives its id. */
  const idOf = async (arm: string): Promise<string> => {
    route.setWeights({ v1: 0, v2: 0, [arm]: 1 });
    const { options: call, told } = routed();
    await model.predict([[1]], call);
    return told[0]?.id as string;
  };
  return { clock, registry, route, model, idOf };
}

describe('the outcome of a prediction', () => {
  it('counts for the arm that made it, once; unknown ids count for none', async () => {
    const { registry, idOf } = await setUp();
    const [a, b, c] = [await idOf('v1'), await idOf('v2'), await idOf('v2')];
    expect(new Set([a, b, c]).size).toBe(3);
    expect(registry.reportOutcome(a, true)).toBe('counted');
    expect(registry.reportOutcome(a, false)).toBe('repeated');
    expect(registry.reportOutcome(b, 0)).toBe('counted');
    expect(registry.reportOutcome(c, 1)).toBe('counted');
    expect(registry.reportOutcome('nonsense', 1)).toBe('unknown');
    const [v1, v2] = (await registry.routeSummary('fraud')).arms;
    expect(v1?.outcomes).toMatchObject({ count: 1, mean: { value: 1 }, rate: { value: 1 } });
    expect(v2?.outcomes).toMatchObject({ count: 2, mean: { value: 0.5 }, rate: { value: 0.5 } });
  });

  it('is a boolean or a finite number', async () => {
    const { registry, idOf } = await setUp();
    const id = await idOf('v1');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined])
      expect(() => registry.reportOutcome(id, value as never)).toThrow(
        expect.objectContaining({ code: 'ML_ROUTE_OUTCOME_INVALID' }),
      );
    expect(registry.reportOutcome(id, -2.5)).toBe('counted');
    const [v1] = (await registry.routeSummary('fraud')).arms;
    // Not all outcomes are 0 or 1: there is no rate.
    expect(v1?.outcomes).toEqual({ count: 1, mean: { value: -2.5, low: undefined, high: undefined }, rate: undefined });
  });

  it('that comes after its time, after too many others, or after its arm, is unknown', async () => {
    const { clock, registry, idOf } = await setUp({ outcomes: { maxOpen: 2, ttlMs: 1_000 } });
    const ids = [await idOf('v1'), await idOf('v1'), await idOf('v2')];
    expect(registry.reportOutcome(ids[0] as string, 1)).toBe('unknown');
    await registry.route('fraud', { arms: [{ version: 'v1', weight: 1 }], outcomes: { maxOpen: 2, ttlMs: 1_000 } });
    expect(registry.reportOutcome(ids[2] as string, 1)).toBe('unknown');
    await clock.advance(999);
    expect(registry.reportOutcome(ids[1] as string, 1)).toBe('counted');
    await clock.advance(1);
    expect(registry.reportOutcome(ids[1] as string, 1)).toBe('unknown');
    await registry.unroute('fraud');
    expect(registry.reportOutcome(ids[1] as string, 1)).toBe('unknown');
  });

  it('can be told where several models have routes', async () => {
    const registry = createTestRegistry({ models: { 'a@v1': saying('a'), 'b@v1': saying('b') } });
    for (const name of ['a', 'b']) await registry.route(name, { arms: [{ version: 'v1', weight: 1 }] });
    const { options, told } = routed();
    await registry.model('b').predict([[1]], options);
    expect(registry.reportOutcome(told[0]?.id as string, 1)).toBe('counted');
    expect((await registry.routeSummary('a')).arms[0]?.outcomes.count).toBe(0);
    expect((await registry.routeSummary('b')).arms[0]?.outcomes.count).toBe(1);
  });
});

/** By scipy and statsmodels: test/routing/reference/make_intervals.py. */
const { levels } = JSON.parse(
  readFileSync(new URL('../../routing/reference/intervals.json', import.meta.url), 'utf8'),
) as {
  levels: {
    confidence: number;
    proportions: { hits: number; tries: number; low: number; high: number }[];
    proportionDifferences: { a: [number, number]; b: [number, number]; low: number; high: number }[];
    means: { values: number[]; low: number; high: number }[];
    meanDifferences: { a: number; b: number; low: number; high: number }[];
  }[];
};

function expectInterval(
  estimate: Estimate | undefined,
  expected: { readonly low: number; readonly high: number },
): void {
  const tolerance = (expected.high - expected.low) * 1e-6;
  expect(Math.abs((estimate?.low ?? Number.NaN) - expected.low)).toBeLessThanOrEqual(tolerance);
  expect(Math.abs((estimate?.high ?? Number.NaN) - expected.high)).toBeLessThanOrEqual(tolerance);
}

describe('the summary of a route', () => {
  it('has the rates of outcomes and their difference as statsmodels computes them', async () => {
    const level = levels[1] as (typeof levels)[number];
    const pair = level.proportionDifferences.find(({ a, b }) => a[1] + b[1] < 200);
    const { a, b, ...difference } = pair as NonNullable<typeof pair>;
    const { registry, idOf } = await setUp();
    for (const [arm, [hits, tries]] of [
      ['v2', a],
      ['v1', b],
    ] as const) {
      for (let i = 0; i < tries; i++) registry.reportOutcome(await idOf(arm), i < hits);
    }
    const summary = await registry.routeSummary('fraud');
    const [v1, v2] = summary.arms;
    expect(summary).toMatchObject({ model: 'fraud', control: 'v1', confidence: 0.95 });
    expect(v1).toMatchObject({ calls: b[1], errors: 0, control: true, comparison: undefined });
    for (const [arm, [hits, tries]] of [
      [v2, a],
      [v1, b],
    ] as const) {
      const expected = level.proportions.find((one) => one.hits === hits && one.tries === tries);
      expectInterval(arm?.outcomes.rate, expected as NonNullable<typeof expected>);
    }
    expectInterval(v2?.comparison?.outcomeRate, difference);
    expect(v2?.comparison?.errorRate?.value).toBe(0);
  });

  it('has the means of outcomes and their difference as statsmodels computes them, at any confidence', async () => {
    const level = levels[2] as (typeof levels)[number];
    const values = (levels[0] as (typeof levels)[number]).means.map((one) => one.values);
    const { a, b, ...difference } = level.meanDifferences[2] as (typeof level.meanDifferences)[number];
    const { registry, idOf } = await setUp();
    for (const value of values[b] as number[]) registry.reportOutcome(await idOf('v1'), value);
    for (const value of values[a] as number[]) registry.reportOutcome(await idOf('v2'), value);
    const { arms, confidence } = await registry.routeSummary('fraud', { confidence: level.confidence });
    expect(confidence).toBe(0.99);
    expectInterval(arms[0]?.outcomes.mean, level.means[b] as (typeof level.means)[number]);
    expectInterval(arms[1]?.outcomes.mean, level.means[a] as (typeof level.means)[number]);
    expectInterval(arms[1]?.comparison?.outcomeMean, difference);
    expect(arms[1]?.comparison?.outcomeRate).toBeUndefined();
  });

  it('says that there is nothing yet, and refuses a confidence that is none', async () => {
    const { registry } = await setUp();
    const { arms, shadow } = await registry.routeSummary('fraud');
    expect(arms[1]).toMatchObject({
      calls: 0,
      errorRate: undefined,
      meanLatencyMs: undefined,
      latencyMs: { count: 0, p50: undefined, max: undefined },
      comparison: { errorRate: undefined, meanLatencyMs: undefined, outcomeRate: undefined, outcomeMean: undefined },
    });
    expect(shadow).toBeUndefined();
    for (const confidence of [0, 1, 95])
      await expect(registry.routeSummary('fraud', { confidence })).rejects.toMatchObject({
        code: 'ML_OPTIONS_INVALID',
      });
    await expect(registry.routeSummary('other')).rejects.toMatchObject({
      code: 'ML_ROUTE_UNKNOWN',
      message: expect.stringContaining('there is one for fraud'),
    });
  });
});
