import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmurhash3 } from '../../src/internal/murmurhash3.ts';
import { armOfChance, armOfKey, armSeed } from '../../src/routing/choose-arm.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const armsOf = (weights: readonly number[], salt = 'model') =>
  weights.map((weight, i) => ({ weight, seed: armSeed(salt, NAMES[i] as string) }));

/** By mmh3 and the rule written down a second time: reference/make_intervals.py. */
const reference = JSON.parse(readFileSync(new URL('reference/assignments.json', import.meta.url), 'utf8')) as {
  hashes: [string, number, number][];
  routes: { salt: string; arms: Record<string, number>; assigned: [string, string][] }[];
};

describe('the arm of a key', () => {
  it('comes from the hash that mmh3 computes', () => {
    for (const [key, seed, hash] of reference.hashes) expect(murmurhash3(key, seed) >>> 0).toBe(hash);
  });

  it('is the one that others compute by the documented rule', () => {
    for (const { salt, arms, assigned } of reference.routes) {
      const names = Object.keys(arms);
      const weighted = names.map((name) => ({ weight: arms[name] as number, seed: armSeed(salt, name) }));
      expect(assigned.map(([key]) => [key, names[armOfKey(weighted, key)]])).toEqual(assigned);
    }
  });

  it.each([[[1, 1]], [[95, 5]], [[0.2, 0.3, 0.5]], [[1, 0, 1, 2]]])(
    'is dealt by the weights %j, for keys that count up',
    (weights) => {
      const KEYS = 40_000;
      const arms = armsOf(weights);
      const counts = weights.map(() => 0);
      for (let i = 0; i < KEYS; i++) {
        const arm = armOfKey(arms, `user-${i}`);
        counts[arm] = (counts[arm] ?? 0) + 1;
      }
      const sum = weights.reduce((all, weight) => all + weight, 0);
      for (const [i, weight] of weights.entries()) {
        const p = weight / sum;
        // Five standard deviations of a fair deal.
        expect(Math.abs((counts[i] as number) - KEYS * p)).toBeLessThanOrEqual(5 * Math.sqrt(KEYS * p * (1 - p)));
      }
    },
  );

  it('says nothing about the arm under another salt', () => {
    const KEYS = 20_000;
    const [one, other] = [armsOf([1, 1], 'spring'), armsOf([1, 1], 'autumn')];
    let same = 0;
    for (let i = 0; i < KEYS; i++) if (armOfKey(one, `${i}`) === armOfKey(other, `${i}`)) same += 1;
    expect(Math.abs(same - KEYS / 2)).toBeLessThanOrEqual(5 * Math.sqrt(KEYS / 4));
  });

  const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e3, noNaN: true }));
  const weights = fc.array(weight, { minLength: 2, maxLength: 5 }).filter((all) => all.some((one) => one > 0));

  it('changes only to an arm whose weight grew in relation to that of the one before', () => {
    fc.assert(
      fc.property(weights, fc.array(weight, { minLength: 5, maxLength: 5 }), fc.string(), (before, later, key) => {
        const after = before.map((_, i) => later[i] as number);
        fc.pre(after.some((one) => one > 0));
        const [from, to] = [armOfKey(armsOf(before), key), armOfKey(armsOf(after), key)];
        if (from === to) return;
        // after[to] / after[from] > before[to] / before[from], without the divisions.
        expect((after[to] as number) * (before[from] as number)).toBeGreaterThan(
          (before[to] as number) * (after[from] as number),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('moves with one weight: only to that arm where it grew, only away from it where it shrank', () => {
    fc.assert(
      fc.property(weights, fc.nat(4), weight, fc.array(fc.string(), { maxLength: 50 }), (before, at, changed, keys) => {
        const i = at % before.length;
        const after = before.with(i, changed);
        fc.pre(after.some((one) => one > 0));
        for (const key of keys) {
          const [from, to] = [armOfKey(armsOf(before), key), armOfKey(armsOf(after), key)];
          if (from === to) continue;
          expect(changed > (before[i] as number) ? to : from).toBe(i);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not depend on the order of the arms, nor on the unit of the weights', () => {
    fc.assert(
      fc.property(weights, fc.string(), (before, key) => {
        const arms = armsOf(before);
        const turned = arms.toReversed();
        const doubled = arms.map((arm) => ({ ...arm, weight: arm.weight * 2 }));
        expect(turned[armOfKey(turned, key)]).toEqual(arms[armOfKey(arms, key)]);
        expect(armOfKey(doubled, key)).toBe(armOfKey(arms, key));
      }),
    );
  });

  it('of a canary that grows from 1 to 50 percent never goes back', () => {
    for (let i = 0; i < 2_000; i++) {
      let inCanary = false;
      for (const percent of [1, 5, 10, 25, 50]) {
        const now = armOfKey(armsOf([100 - percent, percent]), `user-${i}`) === 1;
        expect(inCanary && !now).toBe(false);
        inCanary = now;
      }
    }
  });
});

describe('the arm of a call without a key', () => {
  it('is the one in whose part of the sum the chance falls; none without weight', () => {
    const arms = armsOf([0, 1, 0, 3, 0]);
    expect([0, 0.2499, 0.25, 0.9999].map((chance) => armOfChance(arms, chance))).toEqual([1, 1, 3, 3]);
  });

  it('is never one without weight, however the sum is rounded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0.1, 0.2, 0.3, 1e-9), { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (weights, chance) => {
          fc.pre(weights.some((one) => one > 0));
          expect(weights[armOfChance(armsOf(weights), chance)]).toBeGreaterThan(0);
        },
      ),
    );
  });
});
