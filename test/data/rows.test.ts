import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRows, describe as describeValue, readRows, type RowReader, type RowSchema } from '../../src/data/rows.ts';
import type { MLServiceError } from '../../src/errors/ml-service-error.ts';
import type { Rows } from '../../src/spec/rows.ts';

const schema: RowSchema = { width: 2, names: ['a', 'b'], extraFeatures: 'ignore' };

function table(reader: RowReader): unknown[][] {
  return Array.from({ length: reader.count }, (_, row) =>
    Array.from({ length: reader.width }, (_, column) => reader.cell(row, column)),
  );
}

const arrow = (columns: Readonly<Record<string, readonly unknown[]>>, rows: number): Rows => ({
  numRows: rows,
  schema: { fields: Object.keys(columns).map((name) => ({ name })) },
  getChild: (name: string) => {
    const values = columns[name] ?? [];
    return { toArray: () => values, get: (i: number) => values[i] };
  },
});

describe('readRows', () => {
  it.each<[string, Rows]>([
    [
      'records',
      [
        { a: 1, b: 'x' },
        { b: 'y', a: 2 },
      ],
    ],
    [
      'arrays',
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    ['columns', { b: ['x', 'y'], a: [1, 2] }],
    ['tensors', { data: [1, 'x', 2, 'y'], shape: [2, 2], dtype: 'object' }],
    ['Arrow tables', arrow({ b: ['x', 'y'], a: [1, 2] }, 2)],
  ])('reads %s', (_, rows) => {
    const reader = readRows(rows, schema);
    expect(table(reader)).toEqual([
      [1, 'x'],
      [2, 'y'],
    ]);
    if (reader.list !== undefined) expect(Array.from(reader.list(1))).toEqual([2, 'y']);
  });

  it('gives the same for one record as for many', () => {
    const record = { a: 1, b: null, c: 3 };
    expect(table(readRows([record], schema))).toEqual([[1, null]]);
    expect(table(readRows([record, record], schema))).toEqual([
      [1, null],
      [1, null],
    ]);
  });

  it('takes a feature that is there but undefined for missing, not for absent', () => {
    expect(table(readRows([{ a: 1, b: undefined }], schema))).toEqual([[1, undefined]]);
    expect(() => readRows([{ a: 1 }], schema)).toThrow(/row 0 lacks "b"/);
  });

  it('reads bare values, nulls among them, for a single column', () => {
    const one: RowSchema = { width: 1, names: undefined, extraFeatures: 'ignore' };
    expect(table(readRows(['a', null, 'b'], one))).toEqual([['a'], [null], ['b']]);
  });

  it('knows no rows', () => {
    expect(readRows([], schema)).toMatchObject({ count: 0, width: 2 });
    expect(readRows({ a: [], b: [] }, schema)).toMatchObject({ count: 0, width: 2 });
  });

  it('gives booleans of a bool tensor', () => {
    const rows: Rows = { data: Uint8Array.of(1, 0), shape: [1, 2], dtype: 'bool' };
    expect(table(readRows(rows, schema))).toEqual([[true, false]]);
  });

  it('takes the length of a feature column, not of one that is none', () => {
    expect(readRows({ z: [1, 2, 3], a: [1], b: [2] }, schema).count).toBe(1);
  });

  it('tells of extra keys as it is told to', () => {
    const rows = [{ a: 1, b: 2, z: 3 }];
    const seen: (readonly string[])[] = [];
    readRows(rows, { ...schema, extraFeatures: 'warn', onExtra: (names) => seen.push(names) });
    expect(seen).toEqual([['z']]);
    expect(() => readRows(rows, { ...schema, extraFeatures: 'error' })).toThrow(/unknown "z"/);
  });

  it.each<[string, unknown, string]>([
    ['rows of another length', [[1, 2], [1]], 'ML_INPUT_FEATURE_COUNT'],
    ['a bare value for two features', [5], 'ML_INPUT_FEATURE_COUNT'],
    ['a tensor of another width', { data: [1, 2, 3], shape: [1, 3], dtype: 'float32' }, 'ML_INPUT_FEATURE_COUNT'],
    ['a tensor with too few values', { data: [1], shape: [1, 2], dtype: 'float32' }, 'ML_INPUT_SHAPE'],
    ['a scalar tensor', { data: [1], shape: [], dtype: 'float32' }, 'ML_INPUT_SHAPE'],
    ['a record among arrays', [[1, 2], { a: 1, b: 2 }], 'ML_INPUT_INVALID'],
    ['null among records', [{ a: 1, b: 2 }, null], 'ML_INPUT_INVALID'],
    ['rows that are undefined', [undefined], 'ML_INPUT_INVALID'],
    ['a column that is no list', { a: 1, b: 2 }, 'ML_INPUT_INVALID'],
    ['a missing column', { a: [1] }, 'ML_INPUT_FEATURE_NAMES'],
    ['a function', () => 1, 'ML_INPUT_INVALID'],
    ['bytes', new Uint8Array(4), 'ML_INPUT_INVALID'],
  ])('refuses %s', (_, rows, code) => {
    expect(() => readRows(rows as Rows, schema)).toThrow(expect.objectContaining({ code }));
  });

  it('gives back any record by name, whatever the order of its keys', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.double()), (features, numbers) => {
        const values = features.map(() => numbers.next().value as number);
        const entries = features.map((name, i): [string, number | undefined] => [name, values[i]]).toReversed();
        // fromEntries defines own properties, so that "__proto__" is a name like any other.
        const rows = [Object.fromEntries(entries)];
        const reader = readRows(rows, { width: features.length, names: features, extraFeatures: 'error' });
        expect(table(reader)).toEqual([values]);
      }),
    );
  });
});

describe('countRows', () => {
  it('counts without reading', () => {
    expect(countRows([1, 2])).toBe(2);
    expect(countRows({ data: [], shape: [7, 3], dtype: 'float32' })).toBe(7);
    expect(countRows(arrow({}, 4))).toBe(4);
    expect(countRows(null)).toBeUndefined();
  });
});

describe('describe', () => {
  it.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    ['x'.repeat(50), `the string "${'x'.repeat(40)}..."`],
    [5n, '5n'],
    [[1], 'an array of 1'],
    [new Date(0), 'a Date'],
    [Object.create(null), 'a object'],
    [Symbol('s'), 'a symbol'],
  ])('%#', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});

describe('records for a model that knows no names', () => {
  const unnamed = (onPositional?: (keys: readonly string[]) => void): RowSchema => ({
    width: 2,
    names: undefined,
    extraFeatures: 'ignore',
    ...(onPositional !== undefined && { onPositional }),
  });
  const codeOf = (rows: Rows, schema: RowSchema): string => {
    try {
      readRows(rows, schema);
      return 'none';
    } catch (error) {
      return (error as MLServiceError).code;
    }
  };

  it('are refused where their order may mean nothing', () => {
    expect(codeOf([{ a: 1, b: 2 }], unnamed())).toBe('ML_INPUT_FEATURE_NAMES');
  });

  it('are read in the order of their keys where that is allowed, and say so', () => {
    const told: (readonly string[])[] = [];
    const reader = readRows(
      [
        { b: 1, a: 2 },
        { b: 3, a: 4 },
      ],
      unnamed((keys) => told.push(keys)),
    );
    expect([reader.cell(0, 0), reader.cell(0, 1), reader.cell(1, 0), reader.cell(1, 1)]).toEqual([1, 2, 3, 4]);
    expect(told).toEqual([['b', 'a']]);
  });

  it('must all have the same keys in the same order, as many as there are features', () => {
    const schema = unnamed(() => {});
    expect(
      codeOf(
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
        schema,
      ),
    ).toBe('ML_INPUT_FEATURE_NAMES');
    expect(codeOf([{ a: 1, b: 2 }, { a: 1 }], schema)).toBe('ML_INPUT_FEATURE_NAMES');
    expect(codeOf([{ a: 1, b: 2, c: 3 }], schema)).toBe('ML_INPUT_FEATURE_COUNT');
    expect(codeOf([{ a: 1, b: 2 }, [1, 2]], schema)).toBe('ML_INPUT_INVALID');
  });
});
