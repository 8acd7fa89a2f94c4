import { describe, expect, it } from 'vitest';
import { DenseMatrix, Frame, toDense } from '../../../src/data/dataset.ts';
import { FormatError } from '../../../src/errors/format-error.ts';
import { InputError } from '../../../src/errors/input-error.ts';
import { PySlice, type PyValue } from '../../../src/formats/pickle/nodes.ts';
import type { Rows } from '../../../src/spec/rows.ts';
import { doubles, estimatorOf, list, object, objects, tuple } from '../preprocessing/build.ts';
import { difference, model, plain, reference, rowsOf } from '../preprocessing/reference.ts';

const records = (name: string): Record<string, unknown>[] => rowsOf(reference(name).input) as Record<string, unknown>[];

describe('a transformer of columns that was fitted on a frame', () => {
  it('finds columns by name, whatever their order and whatever else there is', async () => {
    const { transform } = await model('ct_names');
    const { expected } = reference('ct_names');
    const turned = records('ct_names').map((row) =>
      Object.fromEntries([['extra', 'x'], ...Object.entries(row).toReversed()]),
    );
    expect(difference(plain(await transform?.(turned as Rows, {})), expected['transform'])).toBeUndefined();
  });

  it('does without columns that no transformer uses, in records and in columns', async () => {
    const { transform } = await model('ct_names');
    const { expected } = reference('ct_names');
    const without = records('ct_names').map(({ age, city, paid }) => ({ age, city, paid }));
    expect(difference(plain(await transform?.(without as Rows, {})), expected['transform'])).toBeUndefined();
    const columns = Object.fromEntries(
      ['paid', 'city', 'age'].map((name) => [name, without.map((row) => row[name as keyof typeof row])]),
    );
    expect(difference(plain(await transform?.(columns, {})), expected['transform'])).toBeUndefined();
  });

  it('misses a column that it needs, by name', async () => {
    const { transform } = await model('ct_names');
    const rows = records('ct_names').map(({ age, paid }) => ({ age, paid }));
    const call = async (): Promise<unknown> => transform?.(rows as Rows, {});
    await expect(call()).rejects.toThrow('"city"');
  });

  it('refuses text where it has numbers, naming the column', async () => {
    const { transform } = await model('ct_names');
    const rows = records('ct_names').map((row) => ({ ...row, paid: '12.5' }));
    const call = async (): Promise<unknown> => transform?.(rows as Rows, {});
    await expect(call()).rejects.toThrow(InputError);
    await expect(call()).rejects.toThrow('"paid"');
  });

  it('takes arrays in training order', async () => {
    const { transform } = await model('ct_names');
    const { input, expected } = reference('ct_names');
    const data = Array.isArray(input) ? input : input.data;
    expect(difference(plain(await transform?.(data as Rows, {})), expected['transform'])).toBeUndefined();
  });
});

describe('column specifications', () => {
  const scaler = object('sklearn.preprocessing.MaxAbsScaler', { scale_: doubles([1]), n_features_in_: 1 });
  const pair = object('sklearn.preprocessing.MaxAbsScaler', { scale_: doubles([1, 1]), n_features_in_: 2 });
  const made = (columns: PyValue, inner = scaler, extra: Readonly<Record<string, PyValue>> = { n_features_in_: 3 }) =>
    estimatorOf(
      object('sklearn.compose.ColumnTransformer', {
        transformers_: list(tuple('t', inner, columns)),
        sparse_output_: false,
        ...extra,
      }),
    );
  const x = new DenseMatrix(1, 3, Float64Array.of(10, 20, 30));
  const values = (columns: PyValue, inner = scaler): number[] => {
    const out = made(columns, inner).transform?.(x);
    return out === undefined ? [] : Array.from(toDense(out).data);
  };
  const names = objects(['a', 'b', 'c']);

  it.each<readonly [string, PyValue, number[]]>([
    ['a position', 1, [20]],
    ['one from the end', -1, [30]],
    ['a list', list(2), [30]],
    ['a mask', list(false, true, false), [20]],
    ['a slice', new PySlice(1, 2, null), [20]],
    ['a slice from the end', new PySlice(-1, null, null), [30]],
  ])('%s', (_, columns, want) => {
    expect(values(columns)).toEqual(want);
  });

  it('a remainder list of 1.5 and 1.6', () => {
    expect(
      values(object('sklearn.compose._column_transformer._RemainderColsList', { data: list(0, 2) }), pair),
    ).toEqual([10, 30]);
  });

  it('a slice of names includes its end', () => {
    const { transform } = made(new PySlice('b', 'c', null), pair, { feature_names_in_: names, n_features_in_: 3 });
    expect(transform?.(x)).toMatchObject({ cols: 2, data: Float64Array.of(20, 30) });
  });

  it('names alone make a frame of files that keep no names', () => {
    const { featureNames } = made(list('a', 'c'), pair, {});
    expect(featureNames).toEqual(['a', 'c']);
  });

  it.each<readonly [string, PyValue]>([
    ['a position that is not there', 7],
    ['a name that is not there', 'zz'],
    ['a slice without steps', new PySlice(null, null, 0)],
  ])('%s is refused', (_, columns) => {
    expect(() => made(columns, scaler, { feature_names_in_: names, n_features_in_: 3 })).toThrow(FormatError);
  });

  it('text beside numbers comes out as it is', () => {
    const out = made(list(0), scaler, {
      n_features_in_: 3,
      transformers_: list(tuple('p', 'passthrough', list(1)), tuple('t', scaler, list(0))),
    });
    const frame = new Frame({
      rows: 1,
      cols: 3,
      numbers: Float64Array.of(5, 0, 0),
      objects: [undefined, ['x'], undefined],
      names: undefined,
    });
    expect(out.transform?.(frame)).toMatchObject({ kind: 'frame', objects: [['x'], undefined] });
  });
});
