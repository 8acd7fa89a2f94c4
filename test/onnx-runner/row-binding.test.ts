import { describe, expect, it } from 'vitest';
import type { GraphValue } from '../../src/onnx-runner/graph-value.ts';
import { compileRowBinding, type RowBinding } from '../../src/onnx-runner/row-binding.ts';
import type { ExtraFeatures } from '../../src/spec/model-loader.ts';
import type { Rows } from '../../src/spec/rows.ts';
import type { DType } from '../../src/spec/tensor.ts';
import { fakeOrt } from './fake-ort.ts';

interface Setup {
  readonly features?: readonly string[];
  readonly extraFeatures?: ExtraFeatures;
  readonly onExtra?: (names: readonly string[]) => void;
}

const matrix = (dtype: DType, width: number | string | null, name = 'X'): GraphValue => ({
  name,
  dtype,
  shape: ['N', width],
});
const column = (name: string, dtype: DType): GraphValue => ({ name, dtype, shape: [null, 1] });

function binding(inputs: readonly GraphValue[], setup: Setup = {}): RowBinding {
  const found = compileRowBinding(inputs, {
    ort: fakeOrt(),
    features: setup.features,
    extraFeatures: setup.extraFeatures ?? 'warn',
    onExtra: setup.onExtra ?? (() => undefined),
  });
  if (found === undefined) throw new Error('the inputs are no table');
  return found;
}

function feed(inputs: readonly GraphValue[], rows: Rows, setup: Setup = {}): Record<string, unknown> {
  const bound = binding(inputs, setup).bind(rows);
  const feeds = bound.feeds(0, bound.count);
  return Object.fromEntries(Object.entries(feeds).map(([name, { type, data, dims }]) => [name, { type, data, dims }]));
}

/** The error of a single value fed to a single column. */
function refusal(dtype: DType, value: unknown): unknown {
  try {
    feed([matrix(dtype, 1)], [[value]]);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return undefined;
}

const valueOf = (dtype: DType, value: unknown): unknown => {
  const { X } = feed([matrix(dtype, 1)], [[value]]) as { X: { data: ArrayLike<unknown> } };
  return X.data[0];
};

describe('kinds of rows', () => {
  const inputs = [matrix('float32', 2)];
  const want = { X: { type: 'float32', data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] } };
  const features = ['a', 'b'];
  const columns = { b: [2, 4], a: Float64Array.of(1, 3) };
  const table = {
    numRows: 2,
    schema: { fields: [{ name: 'b' }, { name: 'a' }] },
    getChild: (name: string) => {
      const values = columns[name as 'a' | 'b'];
      return { toArray: () => values, get: (i: number) => values[i] };
    },
  };
  it.each<[string, Rows]>([
    [
      'records, whatever the order of keys',
      [
        { a: 1, b: 2 },
        { b: 4, a: 3 },
      ],
    ],
    [
      'arrays',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['typed arrays', [Float32Array.of(1, 2), Float64Array.of(3, 4)]],
    ['columns', columns],
    ['an Arrow table', table],
    ['a float32 tensor', { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'float32' }],
    ['a float64 tensor', { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'float64' }],
    ['an int64 tensor', { data: BigInt64Array.of(1n, 2n, 3n, 4n), shape: [2, 2], dtype: 'int64' }],
    ['a tensor of plain numbers', { data: [1, 2, 3, 4], shape: [2, 2], dtype: 'float32' }],
  ])('%s', (_, rows) => {
    expect(feed(inputs, rows, { features })).toEqual(want);
  });

  it('does not copy a tensor of the input type', () => {
    const data = Float32Array.of(1, 2);
    const { X } = feed(inputs, { data, shape: [1, 2], dtype: 'float32' }) as { X: { data: unknown } };
    expect(X.data).toBe(data);
  });

  it('copies shared memory, which the runtime refuses', () => {
    const data = new Float32Array(new SharedArrayBuffer(8));
    const { X } = feed(inputs, { data, shape: [1, 2], dtype: 'float32' }) as { X: { data: Float32Array } };
    expect(X.data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('bare values for a single column, flat or not', () => {
    expect(feed([{ name: 't', dtype: 'string', shape: ['N'] }], ['a', 'b'])).toEqual({
      t: { type: 'string', data: ['a', 'b'], dims: [2] },
    });
    expect(feed([column('t', 'string')], ['a', 'b'])).toEqual({
      t: { type: 'string', data: ['a', 'b'], dims: [2, 1] },
    });
  });

  it('any width where the graph takes any', () => {
    expect(feed([matrix('float32', 'F')], [[1, 2, 3]])).toEqual({
      X: { type: 'float32', data: Float32Array.of(1, 2, 3), dims: [1, 3] },
    });
    expect(feed([{ name: 'X', dtype: 'float32', shape: undefined }], [[1, 2]])).toMatchObject({ X: { dims: [1, 2] } });
  });
});

describe('one input per column', () => {
  const inputs = [column('price', 'float32'), column('count', 'int64'), column('city', 'string')];
  const want = {
    price: { type: 'float32', data: Float32Array.of(1.5), dims: [1, 1] },
    count: { type: 'int64', data: BigInt64Array.of(2n), dims: [1, 1] },
    city: { type: 'string', data: ['Rome'], dims: [1, 1] },
  };

  it('takes the names of the inputs as feature names', () => {
    expect(binding(inputs).featureNames).toEqual(['price', 'count', 'city']);
    expect(feed(inputs, [{ city: 'Rome', count: 2, price: 1.5 }])).toEqual(want);
    expect(feed(inputs, [[1.5, 2n, 'Rome']])).toEqual(want);
  });

  it('follows the order of the metadata and matches by name', () => {
    expect(feed(inputs, [['Rome', 1.5, 2]], { features: ['city', 'price', 'count'] })).toEqual(want);
  });

  it('goes by position where the metadata has other names', () => {
    expect(feed(inputs, [{ 'the price': 1.5, n: 2, town: 'Rome' }], { features: ['the price', 'n', 'town'] })).toEqual(
      want,
    );
  });

  it('spreads a row over groups of columns', () => {
    const groups = [matrix('float32', 2, 'numbers'), matrix('string', 1, 'words')];
    expect(
      feed(groups, [
        [1, 2, 'a'],
        [3, 4, 'b'],
      ]),
    ).toEqual({
      numbers: { type: 'float32', data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] },
      words: { type: 'string', data: ['a', 'b'], dims: [2, 1] },
    });
  });
});

describe('values', () => {
  it.each<[DType, unknown, unknown]>([
    ['float32', 0.1, Math.fround(0.1)],
    ['float32', true, 1],
    ['float32', 3n, 3],
    ['float32', null, Number.NaN],
    ['float32', undefined, Number.NaN],
    ['float32', Number.NaN, Number.NaN],
    ['float32', Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ['float32', 3.4028235677973362e38, 3.4028234663852886e38],
    ['float64', 0.1, 0.1],
    ['float64', 1e300, 1e300],
    ['float16', 0.1, Math.fround(0.1)],
    ['int64', 9007199254740993n, 9007199254740993n],
    ['int64', -5, -5n],
    ['int64', false, 0n],
    ['uint64', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['int32', -(2 ** 31), -(2 ** 31)],
    ['int16', 5n, 5],
    ['uint8', 255, 255],
    ['bool', true, 1],
    ['bool', 0, 0],
    ['bool', 1n, 1],
    ['string', '', ''],
    ['string', '12', '12'],
  ])('%s takes %s', (dtype, value, element) => {
    expect(valueOf(dtype, value)).toBe(element);
  });

  it.each<[DType, unknown]>([
    ['float32', '12'],
    ['float32', 3.5e38],
    ['float32', -3.4028235677973366e38],
    ['float32', new Date(0)],
    ['float32', [1]],
    ['float64', 'abc'],
    ['int64', 1.5],
    ['int64', 2n ** 63n],
    ['int64', 1e30],
    ['int64', Number.POSITIVE_INFINITY],
    ['int64', '1'],
    ['uint64', -1],
    ['int32', 2 ** 31],
    ['int16', 40000],
    ['int8', -129],
    ['uint8', -1],
    ['bool', 2],
    ['bool', 'true'],
    ['string', 12],
    ['string', true],
  ])('%s refuses %s as ML_INPUT_DTYPE', (dtype, value) => {
    expect(refusal(dtype, value)).toBe('ML_INPUT_DTYPE');
  });

  it.each<DType>(['int64', 'int32', 'uint8', 'bool', 'string'])('%s has no missing value', (dtype) => {
    expect([null, undefined, Number.NaN].map((value) => refusal(dtype, value))).toEqual(
      Array.from({ length: 3 }, () => 'ML_INPUT_MISSING_VALUE'),
    );
  });

  it('names row and feature', () => {
    expect(() =>
      feed(
        [matrix('float32', 2)],
        [
          [1, 2],
          [3, 'x'],
        ],
        { features: ['a', 'b'] },
      ),
    ).toThrow(/row 1, feature "b" is the string "x"/);
    expect(() =>
      feed(
        [matrix('float32', 2)],
        [
          [1, 2],
          [3, 'x'],
        ],
      ),
    ).toThrow(/row 1, value 1 is/);
  });
});

describe('shapes and names', () => {
  const inputs = [matrix('float32', 2)];
  const code = (rows: unknown, setup: Setup = {}): string | undefined => {
    try {
      feed(inputs, rows as Rows, setup);
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return undefined;
  };

  it.each<[string, unknown, Setup, string]>([
    ['too few values', [[1]], {}, 'ML_INPUT_FEATURE_COUNT'],
    [
      'ragged rows',
      [
        [1, 2],
        [1, 2, 3],
      ],
      {},
      'ML_INPUT_FEATURE_COUNT',
    ],
    ['a missing name', [{ a: 1 }], { features: ['a', 'b'] }, 'ML_INPUT_FEATURE_NAMES'],
    ['records without known names', [{ a: 1, b: 2 }], {}, 'ML_INPUT_FEATURE_NAMES'],
    [
      'an extra name, when that is an error',
      [{ a: 1, b: 2, c: 3 }],
      { features: ['a', 'b'], extraFeatures: 'error' },
      'ML_INPUT_FEATURE_NAMES',
    ],
    ['mixed kinds of rows', [[1, 2], { a: 1, b: 2 }], { features: ['a', 'b'] }, 'ML_INPUT_INVALID'],
    ['columns of different lengths', { a: [1], b: [1, 2] }, { features: ['a', 'b'] }, 'ML_INPUT_SHAPE'],
    ['a tensor of three dimensions', { data: [1, 2], shape: [1, 1, 2], dtype: 'float32' }, {}, 'ML_INPUT_SHAPE'],
    ['a number', 5, {}, 'ML_INPUT_INVALID'],
    ['null', null, {}, 'ML_INPUT_INVALID'],
    ['text', 'abc', {}, 'ML_INPUT_INVALID'],
  ])('%s', (_, rows, setup, expected) => {
    expect(code(rows, setup)).toBe(expected);
  });

  it('reports extra names once per call', () => {
    const seen: (readonly string[])[] = [];
    const rows = Array.from({ length: 5 }, () => ({ a: 1, b: 2, c: 3, d: 4 }));
    feed(inputs, rows, { features: ['a', 'b'], onExtra: (names) => seen.push(names) });
    expect(seen).toEqual([['c', 'd']]);
  });

  it('leaves out names whose number is another than the graph takes', () => {
    expect(binding(inputs, { features: ['a', 'b', 'c'] }).featureNames).toBeUndefined();
  });

  it.each<[string, readonly GraphValue[]]>([
    ['images', [{ name: 'x', dtype: 'float32', shape: ['N', 3, 8, 8] }]],
    ['scalars', [{ name: 'x', dtype: 'float32', shape: [] }]],
    ['a vector of fixed length', [{ name: 'x', dtype: 'float32', shape: [5] }]],
    ['several inputs of any width', [matrix('int64', 'seq', 'ids'), matrix('int64', 'seq', 'mask')]],
    [
      'different batch sizes',
      [
        { name: 'a', dtype: 'float32', shape: [1, 1] },
        { name: 'b', dtype: 'float32', shape: [2, 1] },
      ],
    ],
    ['no input', []],
  ])('%s are no table', (_, values) => {
    expect(
      compileRowBinding(values, {
        ort: fakeOrt(),
        features: undefined,
        extraFeatures: 'warn',
        onExtra: () => undefined,
      }),
    ).toBeUndefined();
  });
});
