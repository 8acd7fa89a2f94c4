import { describe, expect, it } from 'vitest';
import { CsrMatrix, DenseMatrix, Frame } from '../../src/data/dataset.ts';
import { Booster } from '../../src/xgboost/booster.ts';
import { boosterEstimator } from '../../src/xgboost/booster-estimator.ts';
import { readBooster } from '../../src/xgboost/read-booster.ts';
import { bytesOf, documentOf, type Parts, stump } from './documents.ts';

const { fround } = Math;

function boosterOf(parts: Parts, use: { readonly missing?: number; readonly asWrapper?: boolean } = {}): Booster {
  const model = readBooster(bytesOf(documentOf(parts)));
  return new Booster(model, {
    className: 'xgboost.Booster',
    missing: use.missing ?? Number.NaN,
    asWrapper: use.asWrapper ?? false,
  });
}
const column = (...values: number[]): DenseMatrix => new DenseMatrix(values.length, 1, Float64Array.from(values));
const margins = (parts: Parts, x: DenseMatrix | CsrMatrix | Frame, use = {}): number[] =>
  Array.from(boosterOf(parts, use).margins(x));

describe('trees', () => {
  it('go left below the threshold, not at it, after rounding to float32', () => {
    expect(margins({}, column(0.4, 0.5, 0.5 - 1e-12, 0.6))).toEqual([-1, 2, 2, 2]);
  });

  it('send missing values where the node says', () => {
    expect(margins({}, column(Number.NaN))).toEqual([2]);
    expect(margins({ trees: [stump({ default_left: [1, 0, 0] })] }, column(Number.NaN))).toEqual([-1]);
  });

  it('take the number that the wrapper calls missing for missing', () => {
    const trees = [stump({ default_left: [0, 0, 0] })];
    expect(margins({ trees }, column(0, -1), { missing: 0 })).toEqual([2, -1]);
  });

  it('take what sparse rows leave out for missing, not for zero', () => {
    const x = new CsrMatrix([2, 1], {
      indptr: Int32Array.of(0, 0, 1),
      indices: Int32Array.of(0),
      data: Float64Array.of(0),
    });
    expect(margins({}, x)).toEqual([2, -1]);
  });

  it('are summed in float32 from the base score on', () => {
    const trees = [0.1, 0.2, 0.3].map((value) => stump({ split_conditions: [0.5, value, 0] }));
    const expected = [0.1, 0.2, 0.3].reduce((sum, value) => fround(sum + fround(value)), fround(0.7));
    expect(margins({ trees, baseScore: '7E-1' }, column(0))).toEqual([expected]);
  });

  it('before 1.3 are summed before the base score is added', () => {
    const values = [0.1, 0.2, 0.3];
    const trees = values.map((value) => stump({ split_conditions: [0.5, value, 0] }));
    const sum = values.reduce((total, value) => fround(total + fround(value)), 0);
    expect(margins({ trees, baseScore: '7E-1', version: [1, 2, 0] }, column(0))).toEqual([fround(sum + fround(0.7))]);
  });

  it('of categories send the listed ones right and all else left', () => {
    const tree = stump({ categories: [1, 40], categories_nodes: [0], categories_segments: [0], categories_sizes: [2] });
    const x = column(0, 1, 40, 41, 1000, -0.5, -3, Number.NaN);
    expect(margins({ trees: [tree], types: ['c'] }, x)).toEqual([-1, 2, 2, -1, -1, -1, -1, 2]);
  });

  it('find the codes of stored category names and refuse others', () => {
    const tree = stump({ categories: [1], categories_nodes: [0], categories_segments: [0], categories_sizes: [1] });
    const cats = { enc: [{ offsets: [0, 1, 3], values: [97, 98, 98] }] };
    const booster = boosterOf({ trees: [tree], types: ['c'], cats });
    const frame = (values: unknown[]): Frame =>
      new Frame({
        rows: values.length,
        cols: 1,
        numbers: new Float64Array(values.length),
        objects: [values],
        names: undefined,
      });
    expect(Array.from(booster.margins(frame(['a', 'bb', null])))).toEqual([-1, 2, 2]);
    expect(() => booster.margins(frame(['c']))).toThrow(expect.objectContaining({ code: 'ML_INPUT_DTYPE' }));
    expect(() => boosterOf({ types: ['c'] }).margins(frame(['a']))).toThrow(/give the category codes/);
  });

  it('have vector leaves, inside the nodes or in an array of their own', () => {
    const param = { size_leaf_vector: '2' };
    const inside = stump({ tree_param: param, base_weights: [0, 0, 1, 2, 3, 4] });
    const apart = stump({ tree_param: param, right_children: [2, 1, 0], leaf_weights: [3, 4, 1, 2], base_weights: [] });
    for (const tree of [inside, apart])
      expect(margins({ trees: [tree], targets: '2' }, column(0, 1))).toEqual([1, 2, 3, 4]);
  });

  it('add to the output that they belong to', () => {
    expect(
      margins({ trees: [stump(), stump()], groups: [0, 1], classes: '2', objective: 'multi:softprob' }, column(0)),
    ).toEqual([-1, -1]);
    expect(() => boosterOf({ groups: [3] })).toThrow(expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }));
  });

  it('of dart are weighted', () => {
    expect(margins({ weights: [0.5] }, column(0, 1))).toEqual([-0.5, 1]);
    expect(() => boosterOf({ weights: [] })).toThrow(/1 trees and 0 weights/);
  });

  it('count up to the best round for the wrapper alone', () => {
    const parts = { trees: [stump(), stump(), stump()], attributes: { best_iteration: '1' } };
    expect(margins(parts, column(1))).toEqual([6]);
    expect(margins(parts, column(1), { asWrapper: true })).toEqual([4]);
  });

  it('before 1.4 all have leaves, whichever round was best', () => {
    const parts = { trees: [stump(), stump()], attributes: { best_iteration: '0' } };
    const width = (version: number[]): number =>
      boosterOf({ ...parts, version }, { asWrapper: true }).leaves(column(0)).cols;
    expect(width([1, 3, 0])).toBe(2);
    expect(width([1, 4, 0])).toBe(1);
  });

  it('give the leaves they lead to', () => {
    expect(Array.from(boosterOf({ trees: [stump(), stump()] }).leaves(column(0, 1)).data)).toEqual([1, 1, 2, 2]);
  });
});

describe('gblinear', () => {
  it('adds bias and features in float32 and skips missing values', () => {
    const document = documentOf({ features: '2' }) as { learner: Record<string, unknown> };
    document.learner['gradient_booster'] = { name: 'gblinear', model: { weights: [0.1, 0.2, 0.3] } };
    const booster = new Booster(readBooster(bytesOf(document)), {
      className: 'b',
      missing: Number.NaN,
      asWrapper: false,
    });
    const x = new DenseMatrix(2, 2, Float64Array.of(1, 2, Number.NaN, 2));
    const [w0, w1, bias] = [fround(0.1), fround(0.2), fround(0.3)] as const;
    expect(Array.from(booster.margins(x))).toEqual([
      fround(fround(bias + w0) + fround(2 * w1)),
      fround(bias + fround(2 * w1)),
    ]);
    expect(booster.hasTrees).toBe(false);
  });
});

describe('objectives', () => {
  const predict = (parts: Parts, x: number): unknown[] =>
    Array.from(boosterEstimator(boosterOf(parts), 'b').predict?.(column(x)) ?? []);

  it.each([
    ['binary:logistic', '5E-1', 1 / (1 + Math.exp(1))],
    ['binary:logistic', '2E-1', 1 / (1 + Math.exp(1) * 4)],
    ['reg:logistic', '5E-1', 1 / (1 + Math.exp(1))],
    ['binary:logitraw', '2E-1', -0.8],
    ['binary:hinge', '0E0', 0],
    ['count:poisson', '2E0', 2 * Math.exp(-1)],
    ['reg:gamma', '2E0', 2 * Math.exp(-1)],
    ['reg:tweedie', '2E0', 2 * Math.exp(-1)],
    ['survival:cox', '2E0', 2 * Math.exp(-1)],
    ['survival:aft', '2E0', 2 * Math.exp(-1)],
    ['reg:quantileerror', '[2E0]', 1],
    ['rank:ndcg', '5E-1', -0.5],
  ])('%s with base score %s', (objective, baseScore, expected) => {
    expect(predict({ objective, baseScore }, 0)[0]).toBeCloseTo(expected, 6);
  });

  it('of several classes give probabilities or the class', () => {
    const parts = { trees: [stump(), stump(), stump()], groups: [0, 1, 2], classes: '3', baseScore: '[0E0,1E0,0E0]' };
    const [row] = predict({ ...parts, objective: 'multi:softprob' }, 0) as [number[]];
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    expect(row[1]).toBeCloseTo(Math.E / (Math.E + 2), 6);
    expect(predict({ ...parts, objective: 'multi:softmax' }, 0)).toEqual([1]);
  });

  it('before 1.3 raw logits start from a probability', () => {
    expect(predict({ objective: 'binary:logitraw', baseScore: '5E-1', version: [1, 2, 0] }, 0)).toEqual([-1]);
  });

  it('that are unknown are refused by name', () => {
    expect(() => boosterOf({ objective: 'reg:expectileerror' })).toThrow(/reg:expectileerror/);
  });
});

describe('broken files', () => {
  it.each([
    ['a cycle', { trees: [stump({ left_children: [1, 0, -1] })] }, 'ML_FORMAT_MALFORMED'],
    ['a child that is not there', { trees: [stump({ left_children: [7, -1, -1] })] }, 'ML_FORMAT_MALFORMED'],
    ['a feature that is not there', { trees: [stump({ split_indices: [4, 0, 0] })] }, 'ML_FORMAT_MALFORMED'],
    ['arrays of different lengths', { trees: [stump({ default_left: [0] })] }, 'ML_FORMAT_MALFORMED'],
    [
      'a category beyond all',
      {
        trees: [
          stump({ categories: [2 ** 30], categories_nodes: [0], categories_segments: [0], categories_sizes: [1] }),
        ],
      },
      'ML_FORMAT_MALFORMED',
    ],
    ['a base score that is none', { baseScore: 'x' }, 'ML_FORMAT_MALFORMED'],
    ['base scores of other outputs', { baseScore: '[1,2]' }, 'ML_FORMAT_MALFORMED'],
    ['more outputs than trees', { classes: '2' }, 'ML_FORMAT_MALFORMED'],
    ['too many features', { features: '4000000000' }, 'ML_FORMAT_LIMIT'],
    ['too many outputs', { classes: '4000000000' }, 'ML_FORMAT_LIMIT'],
  ] satisfies [string, Parts, string][])('with %s', (_, parts, code) => {
    expect(() => boosterOf(parts)).toThrow(expect.objectContaining({ code }));
  });
});
