import { describe, expect, it } from 'vitest';
import { DenseMatrix, Frame } from '../../../src/data/dataset.ts';
import { FormatError } from '../../../src/errors/format-error.ts';
import { InputError } from '../../../src/errors/input-error.ts';
import type { PyValue } from '../../../src/formats/pickle/nodes.ts';
import { PyDict } from '../../../src/formats/pickle/py-dict.ts';
import { doubles, estimatorOf, float, global, list, object, objects } from './build.ts';

function refusal(path: string, attributes: Readonly<Record<string, PyValue>>): FormatError {
  try {
    estimatorOf(object(path, attributes));
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error(`${path} was taken`);
}

describe('functions in files', () => {
  it.each([
    ['os', 'system'],
    ['numpy.linalg', 'eigvals'],
    ['__main__', 'log1p'],
    ['builtins', 'abs'],
  ])('%s.%s is refused by name', (module, name) => {
    const error = refusal('sklearn.preprocessing.FunctionTransformer', { func: global(module, name) });
    expect(error.code).toBe('ML_FORMAT_UNSUPPORTED');
    expect(error.message).toContain(`${module}.${name}`);
  });

  it('arguments that a function does not have here are refused', () => {
    const args = new PyDict();
    args.set('where', true);
    const error = refusal('sklearn.preprocessing.FunctionTransformer', {
      func: global('numpy', 'log1p'),
      kw_args: args,
    });
    expect(error.message).toContain('where');
  });

  it('an inverse that is unknown leaves the transform', () => {
    const { transform, inverseTransform } = estimatorOf(
      object('sklearn.preprocessing.FunctionTransformer', {
        func: global('numpy', 'square'),
        inverse_func: global('__main__', 'root'),
      }),
    );
    expect(transform?.(new DenseMatrix(1, 2, Float64Array.of(2, 3)))).toMatchObject({ data: Float64Array.of(4, 9) });
    expect(inverseTransform).toBeUndefined();
  });
});

describe('parameters that are not computed', () => {
  it.each<readonly [string, Readonly<Record<string, PyValue>>, string]>([
    ['preprocessing.OneHotEncoder', { handle_unknown: 'guess', categories_: list() }, 'handle_unknown="guess"'],
    ['preprocessing.OrdinalEncoder', { handle_unknown: 'ignore', categories_: list() }, 'handle_unknown="ignore"'],
    ['preprocessing.KBinsDiscretizer', { encode: 'other' }, 'encode="other"'],
    ['preprocessing.PowerTransformer', { method: 'log' }, 'method="log"'],
    ['preprocessing.Normalizer', { norm: 'l3' }, 'norm="l3"'],
    ['preprocessing.Imputer', { axis: 1, statistics_: doubles([1]) }, 'axis=1'],
    ['impute.KNNImputer', { metric: 'cosine' }, 'metric="cosine"'],
    ['impute.IterativeImputer', { sample_posterior: true }, 'sample_posterior'],
    ['dummy.DummyClassifier', { strategy: 'stratified' }, 'stratified'],
    ['dummy.DummyClassifier', { strategy: 'uniform' }, 'uniform'],
    ['feature_selection.GenericUnivariateSelect', { mode: 'best', scores_: doubles([1]) }, 'mode="best"'],
  ])('%s %j', (name, attributes, words) => {
    const error = refusal(`sklearn.${name}`, attributes);
    expect(error.code).toBe('ML_FORMAT_UNSUPPORTED');
    expect(error.message).toContain(words);
  });

  it('a model that was never fitted says so', () => {
    const error = refusal('sklearn.preprocessing.PolynomialFeatures', {
      degree: 2,
      interaction_only: false,
      include_bias: true,
    });
    expect(error.code).toBe('ML_FORMAT_NOT_FITTED');
  });

  it('a degree that would fill the memory is a limit', () => {
    const error = refusal('sklearn.preprocessing.PolynomialFeatures', {
      degree: 40,
      interaction_only: false,
      include_bias: true,
      n_features_in_: 500,
    });
    expect(error.code).toBe('ML_FORMAT_LIMIT');
  });
});

describe('categories', () => {
  const encoder = (categories: PyValue[], extra: Readonly<Record<string, PyValue>> = {}) =>
    estimatorOf(
      object('sklearn.preprocessing.OneHotEncoder', {
        handle_unknown: 'error',
        sparse_output: false,
        categories_: list(objects(categories)),
        ...extra,
      }),
    );
  const column = (...values: unknown[]): Frame =>
    new Frame({
      rows: values.length,
      cols: 1,
      numbers: new Float64Array(values.length),
      objects: [values],
      names: ['city'],
    });
  const encoded = (made: ReturnType<typeof encoder>, x: Frame | DenseMatrix): number[] => {
    const out = made.transform?.(x);
    if (out?.kind !== 'dense') throw new Error('not dense');
    return Array.from(out.data);
  };

  it('an unknown one names row, column, value and what is known', () => {
    expect(() => encoder(['a', 'b']).transform?.(column('a', 'Zürich'))).toThrow(InputError);
    expect(() => encoder(['a', 'b']).transform?.(column('a', 'Zürich'))).toThrow(
      'row 1, column "city": "Zürich" is unknown to sklearn.preprocessing.OneHotEncoder; it knows "a", "b"',
    );
  });

  it('null is None or NaN, whichever there is, and None where there are both', () => {
    expect(encoded(encoder(['a', null]), column(null))).toEqual([0, 1]);
    expect(encoded(encoder(['a', float(Number.NaN)]), column(null))).toEqual([0, 1]);
    expect(encoded(encoder(['a', null, float(Number.NaN)]), column(null, Number.NaN))).toEqual([0, 1, 0, 0, 0, 1]);
  });

  it('numbers are compared as numbers, also flags, and never with text', () => {
    expect(encoded(encoder([false, true]), new DenseMatrix(2, 1, Float64Array.of(1, 0)))).toEqual([0, 1, 1, 0]);
    expect(encoded(encoder([1, float(2.5)]), column(2.5, true))).toEqual([0, 1, 1, 0]);
    expect(() => encoder([1, 2]).transform?.(column('1'))).toThrow(InputError);
    expect(() => encoder(['1', '2']).transform?.(new DenseMatrix(1, 1, Float64Array.of(1)))).toThrow(InputError);
  });

  it('names of object properties are categories like others', () => {
    expect(encoded(encoder(['__proto__', 'constructor']), column('constructor', '__proto__'))).toEqual([0, 1, 1, 0]);
    expect(() => encoder(['a']).transform?.(column('toString'))).toThrow(InputError);
  });
});
