import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mean, meanDifference, proportion, proportionDifference } from '../../src/routing/intervals.ts';
import { quantilesFor } from '../../src/routing/quantiles.ts';
import { RunningMean } from '../../src/routing/running-mean.ts';

interface Interval {
  readonly low: number;
  readonly high: number;
}
interface Level {
  readonly confidence: number;
  readonly normal: number;
  readonly student: readonly (readonly [number, number])[];
  readonly proportions: readonly (Interval & { readonly hits: number; readonly tries: number })[];
  readonly proportionDifferences: readonly (Interval & Record<'a' | 'b', readonly [number, number]>)[];
  readonly means: readonly (Interval & { readonly values?: readonly number[]; readonly mean: number })[];
  readonly meanDifferences: readonly (Interval & { readonly a: number; readonly b: number })[];
}

/** By scipy and statsmodels: reference/make_intervals.py. */
const { levels } = JSON.parse(readFileSync(new URL('reference/intervals.json', import.meta.url), 'utf8')) as {
  levels: Level[];
};
const samples = (levels[0] as Level).means.map(({ values = [] }) => {
  const numbers = new RunningMean();
  for (const value of values) numbers.push(value);
  return numbers;
});
/** jStat finds quantiles of Student's distribution by iteration, to some seven digits. */
const DIGITS = 2e-7;

function expectClose(actual: number | undefined, expected: number, tolerance: number): void {
  expect(Math.abs((actual ?? Number.NaN) - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe.each(levels)('with confidence $confidence', (level) => {
  it('quantiles are those of scipy', async () => {
    const { normal, student } = await quantilesFor(level.confidence);
    expectClose(normal, level.normal, 1e-9);
    for (const [freedom, expected] of level.student) expectClose(student(freedom), expected, expected * DIGITS);
  });

  it("proportions have Wilson's interval, as in statsmodels", async () => {
    const quantiles = await quantilesFor(level.confidence);
    for (const { hits, tries, low, high } of level.proportions) {
      const estimate = proportion({ hits, tries }, quantiles);
      expect(estimate?.value).toBe(hits / tries);
      expectClose(estimate?.low, low, 1e-9);
      expectClose(estimate?.high, high, 1e-9);
    }
  });

  it("differences of proportions have Newcombe's interval, as in statsmodels", async () => {
    const quantiles = await quantilesFor(level.confidence);
    for (const { a, b, low, high } of level.proportionDifferences) {
      const [first, second] = [a, b].map(([hits, tries]) => ({ hits, tries })) as [Hits, Hits];
      const estimate = proportionDifference(first, second, quantiles);
      expectClose(estimate?.low, low, 1e-9);
      expectClose(estimate?.high, high, 1e-9);
    }
  });

  it("means have Student's interval, as in statsmodels", async () => {
    const quantiles = await quantilesFor(level.confidence);
    for (const [i, expected] of level.means.entries()) {
      const estimate = mean(samples[i] as RunningMean, quantiles);
      const width = expected.high - expected.low;
      expectClose(estimate?.value, expected.mean, Math.abs(expected.mean) * 1e-14);
      expectClose(estimate?.low, expected.low, width * 1e-6);
      expectClose(estimate?.high, expected.high, width * 1e-6);
    }
  });

  it("differences of means have Welch's interval, as in statsmodels", async () => {
    const quantiles = await quantilesFor(level.confidence);
    for (const { a, b, low, high } of level.meanDifferences) {
      const estimate = meanDifference(samples[a] as RunningMean, samples[b] as RunningMean, quantiles);
      expectClose(estimate?.low, low, (high - low) * 1e-6);
      expectClose(estimate?.high, high, (high - low) * 1e-6);
    }
  });
});

interface Hits {
  readonly hits: number;
  readonly tries: number;
}

describe('where there is too little to say', () => {
  it('there is no estimate without a number, and no interval with one', async () => {
    const quantiles = await quantilesFor(0.95);
    const [none, one] = [new RunningMean(), new RunningMean()];
    one.push(4);
    expect(proportion({ hits: 0, tries: 0 }, quantiles)).toBeUndefined();
    expect(proportionDifference({ hits: 0, tries: 0 }, { hits: 1, tries: 2 }, quantiles)).toBeUndefined();
    expect(mean(none, quantiles)).toBeUndefined();
    expect(mean(one, quantiles)).toEqual({ value: 4, low: undefined, high: undefined });
    expect(meanDifference(one, none, quantiles)).toBeUndefined();
    expect(meanDifference(one, samples[0] as RunningMean, quantiles)).toMatchObject({ value: 2.5, low: undefined });
  });

  it('two samples without any variance differ by exactly that', async () => {
    const [a, b] = [new RunningMean(), new RunningMean()];
    for (const value of [2, 2, 2]) a.push(value);
    for (const value of [1, 1]) b.push(value);
    expect(meanDifference(a, b, await quantilesFor(0.95))).toEqual({ value: 1, low: 1, high: 1 });
  });
});
