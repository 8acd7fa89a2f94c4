import { array, assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsrMatrix, DenseMatrix, Frame, toDense } from '../../../src/data/dataset.ts';
import { InputError } from '../../../src/errors/input-error.ts';
import { fma, squaredNorm } from '../../../src/sklearn/impute/blas-sums.ts';
import { doubles, estimatorOf, float, global, object, objects } from '../preprocessing/build.ts';

const NAN = float(Number.NaN);

describe('SimpleImputer', () => {
  it('of sparse data fills what is stored and drops empty columns', () => {
    const { transform } = estimatorOf(
      object('sklearn.impute.SimpleImputer', {
        missing_values: NAN,
        strategy: 'mean',
        statistics_: doubles([5, Number.NaN, 7]),
      }),
    );
    const x = new CsrMatrix([2, 3], {
      indptr: Int32Array.of(0, 2, 3),
      indices: Int32Array.of(0, 1, 2),
      data: Float64Array.of(Number.NaN, 1, Number.NaN),
    });
    const out = transform?.(x);
    expect(out?.kind).toBe('csr');
    expect(out && Array.from(toDense(out).data)).toEqual([5, 0, 0, 7]);
  });

  it('of sparse data cannot take 0 for missing', () => {
    const { transform } = estimatorOf(
      object('sklearn.impute.SimpleImputer', { missing_values: 0, strategy: 'mean', statistics_: doubles([5]) }),
    );
    const x = new CsrMatrix([1, 1], {
      indptr: Int32Array.of(0, 0),
      indices: new Int32Array(0),
      data: new Float64Array(0),
    });
    expect(() => transform?.(x)).toThrow(InputError);
  });

  it('takes null for pandas.NA, None and NaN', () => {
    for (const missing of [global('pandas._libs.missing', 'NA'), null, NAN]) {
      const { transform } = estimatorOf(
        object('sklearn.impute.SimpleImputer', {
          missing_values: missing,
          strategy: 'constant',
          statistics_: objects(['?']),
        }),
      );
      const x = new Frame({ rows: 2, cols: 1, numbers: new Float64Array(2), objects: [['a', null]], names: undefined });
      expect(transform?.(x)).toMatchObject({ objects: [['a', '?']] });
    }
  });

  it('drops empty columns of a constant only from 1.8 on', () => {
    const widths = ['1.7.2', '1.8.0'].map((version) => {
      const { transform } = estimatorOf(
        object('sklearn.impute.SimpleImputer', {
          missing_values: NAN,
          strategy: 'constant',
          statistics_: doubles([0, Number.NaN]),
          keep_empty_features: false,
          _sklearn_version: version,
        }),
      );
      return transform?.(new DenseMatrix(1, 2, Float64Array.of(1, 2))).cols;
    });
    expect(widths).toEqual([2, 1]);
  });
});

describe('the Imputer before 0.20', () => {
  it('takes "NaN" for missing', () => {
    const { transform } = estimatorOf(
      object('sklearn.preprocessing.imputation.Imputer', {
        missing_values: 'NaN',
        strategy: 'mean',
        axis: 0,
        statistics_: doubles([3, 4]),
      }),
    );
    expect(transform?.(new DenseMatrix(1, 2, Float64Array.of(Number.NaN, 1)))).toMatchObject({
      data: Float64Array.of(3, 1),
    });
  });
});

describe('MissingIndicator', () => {
  it('refuses a feature that was never missing in training', () => {
    const { transform } = estimatorOf(
      object('sklearn.impute.MissingIndicator', {
        missing_values: NAN,
        features: 'missing-only',
        error_on_new: true,
        features_: doubles([0]),
        n_features_in_: 2,
      }),
    );
    expect(transform?.(new DenseMatrix(1, 2, Float64Array.of(Number.NaN, 1)))).toMatchObject({
      data: Float64Array.of(1),
    });
    expect(() => transform?.(new DenseMatrix(1, 2, Float64Array.of(1, Number.NaN)))).toThrow('feature 1');
  });
});

describe('sums', () => {
  it('fma rounds once', () => {
    // (1 + 2^-30)(1 - 2^-30) - 1 is -2^-60, which two roundings lose.
    expect(fma(1 + 2 ** -30, 1 - 2 ** -30, -1)).toBe(-(2 ** -60));
    expect(fma(1e200, 1e200, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('fma is a * b + c but for the last bit', () => {
    const part = double({ min: -1e6, max: 1e6, noNaN: true });
    assert(
      property(part, part, part, (a, b, c) => {
        expect(Math.abs(fma(a, b, c) - (a * b + c))).toBeLessThanOrEqual(
          Number.EPSILON * (Math.abs(a * b) + Math.abs(c)) + Number.MIN_VALUE,
        );
      }),
    );
  });

  it('squared norms are sums of squares', () => {
    assert(
      property(array(integer({ min: -1000, max: 1000 }), { maxLength: 40 }), (values) => {
        expect(squaredNorm(Float64Array.from(values))).toBe(values.reduce((sum, value) => sum + value * value, 0));
      }),
    );
  });
});
