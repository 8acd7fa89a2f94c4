import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readDataset } from '../../src/data/read-dataset.ts';
import type { RowSchema } from '../../src/data/rows.ts';

const NAMES = ['a', 'b', 'c'];
const SCHEMA: RowSchema = { width: 3, names: NAMES, extraFeatures: 'error' };
const value = fc.oneof(fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.constantFrom('x', 'y'));

it('gives the same data for arrays, records and columns', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 6 }), (rows) => {
      const records = rows.map((row) => Object.fromEntries(NAMES.map((name, j) => [name, row[j]])));
      const columns = Object.fromEntries(NAMES.map((name, j) => [name, rows.map((row) => row[j])]));
      const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data));
      const expected = plain(readDataset(rows, SCHEMA));
      expect(plain(readDataset(records, SCHEMA))).toEqual(expected);
      expect(plain(readDataset(columns, SCHEMA))).toEqual(expected);
    }),
  );
});

it('looks a name up once per record', () => {
  let asked = 0;
  const record = {
    get a(): number {
      asked += 1;
      return 1;
    },
    b: 2,
    c: 3,
  };
  expect(readDataset([record, { a: 4, b: 5, c: 6 }], SCHEMA)).toMatchObject({ kind: 'dense', rows: 2, cols: 3 });
  expect(asked).toBe(1);
});

it('keeps the order of a record with other names checked', () => {
  expect(() =>
    readDataset(
      [
        { a: 1, b: 2, c: 3 },
        { a: 1, b: 2, d: 3 },
      ],
      SCHEMA,
    ),
  ).toThrow(expect.objectContaining({ code: 'ML_INPUT_FEATURE_NAMES' }));
});
