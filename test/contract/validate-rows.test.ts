import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileInputContract, type InputContract, type InputFeature, type InputIssue } from '../../src/index.ts';

const SCHEMA: Readonly<Record<string, InputFeature>> = {
  amount: { type: 'number', min: 0, max: 100, nullable: false },
  category: { type: 'string', enum: ['food', 'travel'] },
  visits: { type: 'integer' },
  foreign: { type: 'boolean' },
};
const NAMES = Object.keys(SCHEMA);
const contract = compileInputContract({ featureNames: NAMES }, { input_schema: SCHEMA });
const GOOD = { amount: 1.5, category: 'food', visits: 3, foreign: true };
const values = (row: object): unknown[] => NAMES.map((name) => (row as Record<string, unknown>)[name]);
const table = (rows: readonly object[]): object => ({
  numRows: rows.length,
  schema: { fields: NAMES.map((name) => ({ name })) },
  getChild: (name: string) => ({
    toArray: () => [],
    get: (i: number) => (rows[i] as Record<string, unknown>)[name],
  }),
});
const columnar = (rows: readonly object[]): Record<string, unknown[]> =>
  Object.fromEntries(NAMES.map((name) => [name, rows.map((row) => (row as Record<string, unknown>)[name])]));

const texts = (issues: readonly InputIssue[]): string[] =>
  issues.map(({ row, feature, message }) => `${row ?? '-'} ${feature ?? '-'} ${message}`);

describe('a value', () => {
  it.each([
    [{ ...GOOD }],
    [{ ...GOOD, visits: 3n, amount: 5n, foreign: 0 }],
    [{ ...GOOD, amount: true, foreign: false }],
    // Missing values, also of a type that has none of its own: the integer column of a DataFrame with gaps is one of floats.
    [{ ...GOOD, visits: null, category: null, foreign: undefined }],
    [{ ...GOOD, visits: Number.NaN, category: undefined }],
    [{ ...GOOD, visits: 3.0, unknown: 'ignored here' }],
    [{ ...GOOD, amount: 0 }],
    [{ ...GOOD, amount: 100 }],
  ])('fits: %o', (row) => {
    expect(contract.issues([row])).toEqual([]);
    expect(() => contract.validate([row, GOOD])).not.toThrow();
  });

  it.each([
    [{ amount: '12' }, '0 amount must be a number, is the string "12"'],
    [{ amount: -1 }, '0 amount must be from 0 to 100, is -1'],
    [{ amount: Infinity }, '0 amount must be from 0 to 100, is Infinity'],
    [{ amount: null }, '0 amount must not be missing, is null'],
    [{ amount: Number.NaN }, '0 amount must not be missing, is NaN'],
    [{ category: 'rent' }, '0 category must be one of "food", "travel", is the string "rent"'],
    [{ category: 5 }, '0 category must be text, is 5'],
    [{ visits: 2.5 }, '0 visits must be a number without a fraction, is 2.5'],
    [{ visits: {} }, '0 visits must be a number without a fraction, is a Object'],
    [{ foreign: 2 }, '0 foreign must be true or false, is 2'],
    [{ foreign: 'yes' }, '0 foreign must be true or false, is the string "yes"'],
  ])('does not fit: %o', (change, text) => {
    const row = { ...GOOD, ...change };
    expect(texts(contract.issues([row]))).toEqual([text]);
    expect(texts(contract.issues([values(row)] as never))).toEqual([text]);
    expect(texts(contract.issues(columnar([row]) as never))).toEqual([text]);
    expect(texts(contract.issues(table([row]) as never))).toEqual([text]);
  });
});

describe('rows', () => {
  it('are told apart by row and feature, and the first issue is the message', () => {
    const rows = [GOOD, { ...GOOD, amount: 'x' }, { amount: 1, category: 'food', visits: 1 }];
    let error: unknown;
    try {
      contract.validate(rows);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      code: 'ML_INPUT_CONTRACT',
      message: 'rows do not fit: row 1, "amount" must be a number, is the string "x"; and 1 more',
      details: {
        issues: [
          { row: 1, feature: 'amount', message: 'must be a number, is the string "x"' },
          { row: 2, feature: 'foreign', message: 'is not in the row' },
        ],
        more: false,
      },
    });
  });

  it('are not looked at any more after twenty issues', () => {
    let looked = 0;
    const rows = Array.from({ length: 1_000 }, () => ({
      ...GOOD,
      get amount() {
        looked += 1;
        return 'x';
      },
    }));
    const issues = contract.issues(rows);
    expect([issues.length, looked]).toEqual([20, 20]);
    expect(() => contract.validate(rows)).toThrow('; and at least 19 more');
  });

  it.each([
    ['too few values', [[1, 'food']], '0 - must have 4 values, has 2'],
    ['one value', [5], '0 - must have 4 values, has 1'],
    ['a column too few', { amount: [1], category: ['food'], visits: [1] }, '- foreign is not among the columns'],
    [
      'a tensor of another width',
      { data: new Float64Array(6), shape: [2, 3], dtype: 'float64' },
      '- - a tensor must have the shape [rows, 4], has [2, 3]',
    ],
    ['a number', 5, '- - rows must be an array, columns, a tensor or a table, got 5'],
    ['nothing', null, '- - rows must be an array, columns, a tensor or a table, got null'],
  ])('of %s do not fit', (_, rows, text) => {
    expect(texts(contract.issues(rows as never))).toEqual([text]);
  });

  it('of a tensor are looked at value by value', () => {
    const numbers = compileInputContract({ inputs: [{ name: 'X', dtype: 'float32', shape: [null, 2] }] });
    const tensor = (data: number[]): never =>
      ({ data: Float32Array.from(data), shape: [2, 2], dtype: 'float32' }) as never;
    expect(numbers.issues(tensor([1, 2, Number.NaN, 4]))).toEqual([]);
    const bounded = compileInputContract(
      { featureNames: ['a', 'b'] },
      { input_schema: { b: { type: 'number', max: 3 } } },
    );
    expect(texts(bounded.issues(tensor([1, 2, 3, 4])))).toEqual(['1 b must be at most 3, is 4']);
    expect(numbers.issues([[1, 2]])).toEqual([]);
    expect(texts(numbers.issues([[1, 'x']]))).toEqual(['0 1 must be a number, is the string "x"']);
    // Without names, records are read in the order of their keys.
    expect(texts(numbers.issues([{ p: 1, q: 'x' }]))).toEqual(['0 1 must be a number, is the string "x"']);
  });

  it('of no kind make it throw anything but its own error, and none is changed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.array(fc.anything()), fc.array(fc.record({ amount: fc.anything() }))),
        (rows) => {
          const issues = contract.issues(rows as never);
          expect(issues.length).toBeLessThanOrEqual(20);
          for (const { message } of issues) expect(message).toMatch(/\S/);
        },
      ),
      { numRuns: 500 },
    );
    const frozen = Object.freeze([Object.freeze({ ...GOOD })]);
    expect(contract.issues(frozen)).toEqual([]);
  });

  it('as records, arrays, columns and tables are judged alike', () => {
    const cell = fc.oneof(fc.double(), fc.string(), fc.constantFrom(null, undefined, true, 1n, 'food', 50, 2));
    const row = fc.record({ amount: cell, category: cell, visits: cell, foreign: cell });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 3 }), (rows) => {
        const sorted = (issues: readonly InputIssue[]): string[] => texts(issues).sort();
        const expected = sorted(contract.issues(rows));
        expect(sorted(contract.issues(rows.map(values) as never))).toEqual(expected);
        expect(sorted(contract.issues(columnar(rows) as never))).toEqual(expected);
        expect(sorted(contract.issues(table(rows) as never))).toEqual(expected);
      }),
    );
  });
});

describe('the zod schema of a row', () => {
  const accepts = async (which: InputContract, row: unknown): Promise<boolean> =>
    (await which.zod()).safeParse(row).success;

  it('accepts and refuses as the contract, without coercing', async () => {
    expect(await accepts(contract, GOOD)).toBe(true);
    expect(await accepts(contract, { ...GOOD, visits: null })).toBe(true);
    for (const change of [
      { amount: '12' },
      { amount: -1 },
      { amount: null },
      { category: 'rent' },
      { visits: 2.5 },
      { foreign: 'yes' },
    ])
      expect([change, await accepts(contract, { ...GOOD, ...change })]).toEqual([change, false]);
    expect((await contract.zod()).parse({ ...GOOD, password: 'x' })).toEqual(GOOD);
    expect(await accepts(contract, { amount: 1 })).toBe(false);
  });

  it("composes with schemas of the application's own zod", async () => {
    const z = await import('zod');
    const body = z.object({ rows: z.array(await contract.zod()) });
    expect(body.safeParse({ rows: [GOOD] }).success).toBe(true);
    expect(body.safeParse({ rows: [GOOD, {}] }).error?.issues[0]?.path).toEqual(['rows', 1, 'amount']);
    expect(z.toJSONSchema(await contract.zod())).toMatchObject({ type: 'object', required: NAMES });
  });

  it('is a tuple where no names are known, and knows what may be left out', async () => {
    const unnamed = compileInputContract({ inputs: [{ name: 'X', dtype: 'float32', shape: [null, 2] }] });
    expect(await accepts(unnamed, [1, 2])).toBe(true);
    expect(await accepts(unnamed, [1])).toBe(false);
    expect(await accepts(unnamed, [1, 'x'])).toBe(false);
    const optional = compileInputContract({ featureNames: ['a', 'b'], optionalFeatures: ['b'] });
    expect(await accepts(optional, { a: 'anything' })).toBe(true);
    expect(optional.issues([{ a: 1 }])).toEqual([]);
    expect(await accepts(optional, { b: 1 })).toBe(false);
  });
});
