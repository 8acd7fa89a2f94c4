import { describe, expect, it } from 'vitest';
import { DenseMatrix, Frame } from '../../../src/data/dataset.ts';
import { doubles, estimatorOf, object, objects } from '../preprocessing/build.ts';

describe('dummies', () => {
  it('never look at their input, whatever its kind and width', () => {
    const { predict, predictProba, width } = estimatorOf(
      object('sklearn.dummy.DummyClassifier', {
        strategy: 'prior',
        _strategy: 'prior',
        n_outputs_: 1,
        classes_: objects(['no', 'yes']),
        class_prior_: doubles([0.25, 0.75]),
      }),
    );
    const text = new Frame({ rows: 2, cols: 1, numbers: new Float64Array(2), objects: [['a', 'b']], names: undefined });
    expect(width).toBeUndefined();
    expect(predict?.(text)).toEqual(['yes', 'yes']);
    expect(predictProba?.(new DenseMatrix(1, 9))).toMatchObject({ data: Float64Array.of(0.25, 0.75) });
  });

  it('a column that the target gave comes back as a column before 0.22', () => {
    const { predict } = estimatorOf(
      object('sklearn.dummy.DummyRegressor', { constant_: doubles([4], [1, 1]), output_2d_: true }),
    );
    expect(predict?.(new DenseMatrix(2, 1))).toEqual([[4], [4]]);
  });
});
