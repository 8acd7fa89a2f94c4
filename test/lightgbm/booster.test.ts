import { describe, expect, it } from 'vitest';
import { CsrMatrix, DenseMatrix, Frame } from '../../src/data/dataset.ts';
import { MLServiceError } from '../../src/errors/ml-service-error.ts';
import { Booster } from '../../src/lightgbm/booster.ts';
import { boosterEstimator } from '../../src/lightgbm/booster-estimator.ts';
import { readBoosterModel } from '../../src/lightgbm/booster-model.ts';
import { type Parts, STUMP, textOf } from './texts.ts';

const build = (text: string, iterations = 0): Booster =>
  new Booster(readBoosterModel(text), { className: 'b', iterations });
const column = (...values: number[]): DenseMatrix => new DenseMatrix(values.length, 1, Float64Array.from(values));
const scores = (parts: Parts, x: DenseMatrix | CsrMatrix | Frame, iterations = 0): number[] =>
  Array.from(build(textOf(parts), iterations).scores(x));
const stump = (fields: Readonly<Record<string, string>>): Parts => ({ trees: [{ ...STUMP, ...fields }] });

describe('numeric splits', () => {
  it('go left up to the threshold, in float64', () => {
    expect(scores({}, column(0.5, 0.5 + 1e-12))).toEqual([-1, 2]);
  });

  it('without a missing type take NaN for zero', () => {
    expect(scores({}, column(Number.NaN))).toEqual([-1]);
    expect(scores(stump({ threshold: '-0.5', decision_type: '2' }), column(Number.NaN))).toEqual([2]);
  });

  it('of missing type zero send zero and NaN to the default side', () => {
    const x = column(0, 1e-36, Number.NaN, 0.1, 1);
    expect(scores(stump({ decision_type: '4' }), x)).toEqual([2, 2, 2, -1, 2]);
    expect(scores(stump({ decision_type: '6', threshold: '-1' }), x)).toEqual([-1, -1, -1, 2, 2]);
  });

  it('of missing type NaN send NaN to the default side', () => {
    expect(scores(stump({ decision_type: '8' }), column(Number.NaN, 0))).toEqual([2, -1]);
    expect(scores(stump({ decision_type: '10' }), column(Number.NaN, 1))).toEqual([-1, 2]);
  });

  it('take what sparse rows leave out for zero', () => {
    const x = new CsrMatrix([1, 1], {
      indptr: Int32Array.of(0, 0),
      indices: new Int32Array(0),
      data: new Float64Array(0),
    });
    expect(scores({}, x)).toEqual([-1]);
  });
});

const CATEGORICAL = { num_cat: '1', decision_type: '1', threshold: '0', cat_boundaries: '0 2', cat_threshold: '2 1' };

describe('categorical splits', () => {
  it('send the listed codes left and all else right', () => {
    const x = column(1, 1.9, 32, 0, 33, 64, -1, 1e12, Number.NaN);
    expect(scores(stump(CATEGORICAL), x)).toEqual([-1, -1, -1, 2, 2, 2, 2, 2, 2]);
  });

  it("take the values of pandas' categories", () => {
    const parts = { ...stump(CATEGORICAL), head: { feature_infos: '0:1' }, trailer: 'pandas_categorical:[["p", "q"]]' };
    const frame = new Frame({
      rows: 4,
      cols: 1,
      numbers: new Float64Array(4),
      objects: [['p', 'q', 'other', null]],
      names: undefined,
    });
    expect(scores(parts, frame)).toEqual([2, -1, 2, 2]);
    const numeric = { ...parts, trailer: 'pandas_categorical:[[10, 20]]' };
    expect(scores(numeric, column(10, 20, 1))).toEqual([2, -1, 2]);
  });

  it('refuse categories of columns that the file does not name', () => {
    const parts = { ...stump(CATEGORICAL), trailer: 'pandas_categorical:[["p"], ["q"]]' };
    expect(() => build(textOf(parts))).toThrow(expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED' }));
  });
});

describe('models', () => {
  it('of one leaf', () => {
    expect(scores({ trees: [{ num_leaves: '1', num_cat: '0', leaf_value: '3.25' }] }, column(0))).toEqual([3.25]);
  });

  it('give the leaves they lead to', () => {
    expect(Array.from(build(textOf({ trees: [STUMP, STUMP] })).leaves(column(0, 1)).data)).toEqual([0, 0, 1, 1]);
  });

  it('count up to the best iteration', () => {
    expect(scores({ trees: [STUMP, STUMP, STUMP] }, column(1), 2)).toEqual([4]);
  });

  it('of random forests average their predictions, not their scores', () => {
    const booster = build(textOf({ trees: [STUMP, { ...STUMP, leaf_value: '1 1' }], flags: ['average_output'] }));
    expect(Array.from(booster.scores(column(0)))).toEqual([0]);
    expect(Array.from(booster.scores(column(1)))).toEqual([3]);
    expect(Array.from(booster.values(column(1)))).toEqual([1.5]);
  });

  it('of linear trees', () => {
    const linear = {
      is_linear: '1',
      leaf_const: '10 20',
      num_features: '1 0',
      leaf_features: '0  ',
      leaf_coeff: '2  ',
    };
    expect(scores(stump({ ...linear, decision_type: '10' }), column(0.25, 1, Number.NaN))).toEqual([10.5, 20, -1]);
    expect(() => build(textOf(stump({ ...linear, leaf_features: '4' })))).toThrow(/feature 4 of 1/);
  });
});

describe('objectives', () => {
  const first = (objective: string, x = 1): unknown =>
    boosterEstimator(build(textOf({ head: { objective } })), 'b').predict?.(column(x))[0];

  it.each([
    ['regression', 2],
    ['regression sqrt', 4],
    ['binary sigmoid:1', 1 / (1 + Math.exp(-2))],
    ['binary sigmoid:2', 1 / (1 + Math.exp(-4))],
    ['cross_entropy', 1 / (1 + Math.exp(-2))],
    ['cross_entropy_lambda', Math.log1p(Math.exp(2))],
    ['poisson', Math.exp(2)],
    ['gamma', Math.exp(2)],
    ['tweedie', Math.exp(2)],
    ['lambdarank', 2],
    ['huber', 2],
  ])('%s', (objective, expected) => {
    expect(first(objective)).toBe(expected);
  });

  it('of several classes', () => {
    const three = {
      head: { objective: 'multiclass num_class:3', num_class: '3', num_tree_per_iteration: '3' },
      trees: [STUMP, STUMP, STUMP],
    };
    const third = boosterEstimator(build(textOf(three)), 'b').predict?.(column(1))[0];
    expect(third).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it('without one the scores stay as they are', () => {
    expect(first('custom')).toBe(2);
  });

  it.each(['focal', 'binary magic:1', 'binary sigmoid:-1'])('%s is refused', (objective) => {
    expect(() => build(textOf({ head: { objective } }))).toThrow(
      expect.objectContaining({ code: 'ML_FORMAT_UNSUPPORTED' }),
    );
  });
});

describe('broken files', () => {
  it.each([
    ['a cycle', textOf(stump({ left_child: '0' })), 'ML_FORMAT_MALFORMED'],
    ['an inner child that is not there', textOf(stump({ left_child: '1' })), 'ML_FORMAT_MALFORMED'],
    ['a leaf that is not there', textOf(stump({ right_child: '-3' })), 'ML_FORMAT_MALFORMED'],
    ['a leaf reached twice', textOf(stump({ right_child: '-1' })), 'ML_FORMAT_MALFORMED'],
    ['a feature that is not there', textOf(stump({ split_feature: '1' })), 'ML_FORMAT_MALFORMED'],
    ['too few values', textOf(stump({ leaf_value: '1' })), 'ML_FORMAT_MALFORMED'],
    ['no number', textOf(stump({ threshold: 'x' })), 'ML_FORMAT_MALFORMED'],
    ['boundaries that are none', textOf(stump({ ...CATEGORICAL, cat_boundaries: '0 9' })), 'ML_FORMAT_MALFORMED'],
    ['more values per row than trees', textOf({ head: { num_tree_per_iteration: '3' } }), 'ML_FORMAT_MALFORMED'],
    ['too many features', textOf({ head: { max_feature_idx: '999999999' } }), 'ML_FORMAT_LIMIT'],
    ['another version', textOf({ head: { version: 'v9' } }), 'ML_FORMAT_UNSUPPORTED'],
    ['no end', 'tree\nversion=v4\n', 'ML_FORMAT_TRUNCATED'],
  ])('with %s', (_, text, code) => {
    expect(() => build(text)).toThrow(expect.objectContaining({ code }));
  });

  it('changed anywhere give typed errors or a model', () => {
    const sources = [
      textOf({ trees: [STUMP, STUMP] }),
      textOf({ ...stump(CATEGORICAL), head: { feature_infos: '0:1' }, trailer: 'pandas_categorical:[["p"]]' }),
    ];
    const characters = '0123456789-. =\n\t[]{}",eaInNTre:';
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 5000; round++) {
      const chars = Array.from(sources[round % 2] as string);
      for (let k = random(4); k >= 0; k--)
        chars[random(chars.length)] = characters[random(characters.length)] as string;
      if (round % 5 === 0) chars.length = random(chars.length);
      try {
        const booster = build(chars.join(''));
        booster.values(new DenseMatrix(2, booster.features));
      } catch (error) {
        if (!MLServiceError.isInstance(error)) throw error;
      }
    }
  });
});
