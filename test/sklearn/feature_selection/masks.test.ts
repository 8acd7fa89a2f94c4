import { describe, expect, it } from 'vitest';
import { CsrMatrix, DenseMatrix, toDense } from '../../../src/data/dataset.ts';
import { FormatError } from '../../../src/errors/format-error.ts';
import { fdrMask, kBestMask, percentileMask } from '../../../src/sklearn/feature_selection/univariate-masks.ts';
import { doubles, estimatorOf, float, object } from '../preprocessing/build.ts';

const kept = (mask: readonly boolean[]): number[] => mask.flatMap((keep, j) => (keep ? [j] : []));

describe('rules on scores', () => {
  const scores = Float64Array.of(2, 5, 2, Number.NaN, 2, 9);

  it('the k best are the last of equals; NaN is the worst', () => {
    expect(kept(kBestMask(scores, 3))).toEqual([1, 4, 5]);
    expect(kept(kBestMask(scores, 0))).toEqual([]);
    expect(kept(kBestMask(scores, 'all'))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(kept(kBestMask(scores, 99))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('a percentile keeps the first of those that equal it', () => {
    expect(kept(percentileMask(scores, 50))).toEqual([0, 1, 5]);
    expect(kept(percentileMask(scores, 0))).toEqual([]);
    expect(kept(percentileMask(scores, 100))).toHaveLength(6);
  });

  it('the false discovery rate takes all up to the last that passes', () => {
    expect(kept(fdrMask(Float64Array.of(0.01, 0.5, 0.03, 0.02), 0.05))).toEqual([0, 2, 3]);
    expect(kept(fdrMask(Float64Array.of(0.9, 0.8), 0.05))).toEqual([]);
  });
});

describe('selectors', () => {
  it('keep sparse data sparse, there and back', () => {
    const { transform, inverseTransform } = estimatorOf(
      object('sklearn.feature_selection.VarianceThreshold', {
        threshold: float(0.5),
        variances_: doubles([1, 0.5, 2]),
      }),
    );
    const x = new CsrMatrix([1, 3], {
      indptr: Int32Array.of(0, 2),
      indices: Int32Array.of(1, 2),
      data: Float64Array.of(4, 6),
    });
    const out = transform?.(x);
    expect(out?.kind).toBe('csr');
    expect(out && Array.from(toDense(out).data)).toEqual([0, 6]);
    const back = out && inverseTransform?.(out);
    expect(back && Array.from(toDense(back).data)).toEqual([0, 0, 6]);
  });

  it('importances that no file holds are refused', () => {
    const inner = object('sklearn.neighbors.KNeighborsClassifier', { n_features_in_: 2 });
    expect(() =>
      estimatorOf(object('sklearn.feature_selection.SelectFromModel', { estimator_: inner, threshold: null })),
    ).toThrow(FormatError);
  });

  it('no feature at all is a matrix without columns', () => {
    const { transform } = estimatorOf(
      object('sklearn.feature_selection.SelectFpr', {
        alpha: float(0.05),
        pvalues_: doubles([0.9, 0.8]),
        scores_: doubles([1, 1]),
      }),
    );
    expect(transform?.(new DenseMatrix(2, 2))).toMatchObject({ rows: 2, cols: 0 });
  });
});
