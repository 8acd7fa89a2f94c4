import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerDifference } from '../../../src/service/swap/answer-difference.ts';
import { checkSamples } from '../../../src/service/swap/check-samples.ts';
import type { ModelSamples } from '../../../src/spec/metadata.ts';
import type { LoadedModel } from '../../../src/spec/model-loader.ts';
import { createFakeModel } from '../../../src/testing/index.ts';

const check = (loaded: LoadedModel, samples: ModelSamples) =>
  checkSamples(
    loaded,
    { name: 'fraud', version: '1.0.0', samples, extra: {} },
    { samples: 'ifPresent', tolerance: 1e-5, label: 'fraud_v2' },
  );
const rows = [[1], [2]];

describe('the answers stated for samples', () => {
  it('are those of predict, predict_proba, decision_function and transform', async () => {
    const model = createFakeModel({
      predict: ['a', 'b'],
      predictProba: [
        [0.1, 0.9],
        [0.8, 0.2],
      ],
      decisionFunction: [1.5, -2],
      transform: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    const samples = {
      rows,
      predict: ['a', 'b'],
      predict_proba: [
        [0.1, 0.9],
        [0.8, 0.2],
      ],
      decision_function: [1.5, -2],
      transform: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    };
    expect(await check(model, samples)).toBe('ok');
    for (const [method, wrong] of [
      ['predict', ['a', 'a']],
      [
        'predict_proba',
        [
          [0.1, 0.9],
          [0.2, 0.8],
        ],
      ],
      ['decision_function', [1.5, 2]],
      [
        'transform',
        [
          [1, 2, 3],
          [4, 5],
        ],
      ],
    ] as const) {
      await expect(check(model, { ...samples, [method]: wrong })).rejects.toMatchObject({
        code: 'ML_SWAP_SAMPLES',
        message: expect.stringContaining(`${method} of sample row 1 is`),
      });
    }
  });

  it('of several outputs are one array per row', async () => {
    const output = (data: number[]) => ({ data: Float64Array.from(data), shape: [2, 2], dtype: 'float64' as const });
    const model: LoadedModel = {
      predict: () => [
        ['a', 1],
        ['b', 2],
      ],
      predictProba: () => [output([0.1, 0.9, 0.8, 0.2]), output([0.5, 0.5, 1, 0])],
    };
    const predict_proba = [
      [
        [0.1, 0.9],
        [0.5, 0.5],
      ],
      [
        [0.8, 0.2],
        [1, 0],
      ],
    ];
    expect(
      await check(model, {
        rows,
        predict: [
          ['a', 1],
          ['b', 2],
        ],
        predict_proba,
      }),
    ).toBe('ok');
    await expect(check(model, { rows, predict_proba: predict_proba.toReversed() })).rejects.toThrow(
      'predict_proba of sample row 0',
    );
  });

  it('are labels, which are equal or wrong, where the model says that it classifies', async () => {
    const answers = { rows, predict: [100_000, 200_000] };
    const near = { predict: [100_001, 200_000] };
    expect(await check(createFakeModel({ ...near, task: 'regression' }), answers)).toBe('ok');
    await expect(check(createFakeModel({ ...near, task: 'clustering' }), answers)).rejects.toThrow('is 100001');
    await expect(check(createFakeModel({ ...near, classes: [100_000, 100_001, 200_000] }), answers)).rejects.toThrow();
    expect(
      await check(createFakeModel({ predict: [100_000n, 200_000n], classes: [100_000n, 200_000n] }), answers),
    ).toBe('ok');
    await expect(check(createFakeModel({ predict: ['1', '2'] }), { rows, predict: [1, 2] })).rejects.toThrow();
    await expect(check(createFakeModel({ predict: [true, false] }), { rows, predict: [1, 0] })).rejects.toThrow();
  });

  it('need the method that they were made with', async () => {
    await expect(check(createFakeModel({ predict: [1] }), { rows, decision_function: [1, 2] })).rejects.toMatchObject({
      message: 'fraud_v2 does not take over: its metadata has samples of decisionFunction, a method that it lacks',
    });
  });

  it('may be missing: then the rows must be computed, if anything takes rows', async () => {
    const model = createFakeModel({ transform: [[1]] });
    expect(await check(model, { rows })).toBe('skipped');
    expect(model.calls).toHaveLength(1);
    expect(await check({ run: () => ({}) }, { rows })).toBe('skipped');
    expect(await checkSamples(model, undefined, { samples: 'ifPresent', tolerance: 0, label: 'x' })).toBe('skipped');
  });
});

describe('a number', () => {
  const same = (expected: unknown, got: unknown, tolerance = 1e-5) =>
    answerDifference(expected, got, { exact: false, tolerance }) === undefined;

  it('may differ by the tolerance: relative above one, absolute below', () => {
    expect([same(1e6, 1e6 + 9), same(1e6, 1e6 + 11), same(1e-6, 2e-6), same(0, 1.1e-5)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('that JSON cannot hold is null there', () => {
    for (const got of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null])
      expect(same(null, got)).toBe(true);
    expect([same(null, 0), same(0, Number.NaN), same(0, undefined), same(1, Number.POSITIVE_INFINITY)]).toEqual(
      Array(4).fill(false),
    );
  });

  it('equals itself after a way through JSON, in any nesting', () => {
    const value = fc.oneof(fc.double({ noDefaultInfinity: false }), fc.string(), fc.boolean(), fc.constant(null));
    const answers = fc.array(fc.oneof(value, fc.array(value), fc.array(fc.array(value))));
    fc.assert(
      fc.property(answers, fc.boolean(), (given, exact) => {
        expect(answerDifference(JSON.parse(JSON.stringify(given)), given, { exact, tolerance: 0 })).toBeUndefined();
      }),
    );
  });
});
