import { describe, expect, it } from 'vitest';
import { DenseMatrix, toDense } from '../../../src/data/dataset.ts';
import { FormatError } from '../../../src/errors/format-error.ts';
import type { PyValue } from '../../../src/formats/pickle/nodes.ts';
import { PyDict } from '../../../src/formats/pickle/py-dict.ts';
import { doubles, estimatorOf, float, list, object, tuple } from '../preprocessing/build.ts';

const half = object('sklearn.preprocessing.MaxAbsScaler', { scale_: doubles([2, 2]), n_features_in_: 2 });
const union = (weights: PyDict | null, ...items: PyValue[]) =>
  estimatorOf(
    object('sklearn.pipeline.FeatureUnion', { transformer_list: list(...items), transformer_weights: weights }),
  );

describe('FeatureUnion', () => {
  it('puts results side by side, weighted, without those that were dropped', () => {
    const weights = new PyDict();
    weights.set('b', 10);
    const { transform, width } = union(
      weights,
      tuple('a', 'passthrough'),
      tuple('b', half),
      tuple('c', 'drop'),
      tuple('d', null),
    );
    const out = transform?.(new DenseMatrix(1, 2, Float64Array.of(4, 6)));
    expect(out && Array.from(toDense(out).data)).toEqual([4, 6, 20, 30]);
    expect(width).toBe(2);
  });

  it('refuses a member that does not transform', () => {
    const model = object('sklearn.linear_model.LinearRegression', { coef_: doubles([1, 2]), intercept_: float(0) });
    expect(() => union(null, tuple('a', model))).toThrow(FormatError);
  });
});
