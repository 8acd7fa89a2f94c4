import { describe, expect, it } from 'vitest';
import { compileInputContract, type ContractFacts, type InputFeature } from '../../src/index.ts';

const NAMES = ['amount', 'category'];
const one = (dtype: string | undefined, width: number | null): ContractFacts =>
  ({ inputs: [{ name: 'X', dtype, shape: [null, width] }] }) as ContractFacts;
const columns = (...dtypes: string[]): ContractFacts =>
  ({ inputs: dtypes.map((dtype, i) => ({ name: NAMES[i] ?? `c${i}`, dtype, shape: [null, 1] })) }) as ContractFacts;
const types = (facts: ContractFacts, metadata: Parameters<typeof compileInputContract>[1] = {}): string[] =>
  compileInputContract(facts, metadata).features.map(({ name, type }) => `${name ?? '-'}:${type}`);

describe('what is known of features', () => {
  it('comes from the model', () => {
    expect(types(one('float32', 2))).toEqual(['-:number', '-:number']);
    expect(types({ ...one('int64', 2), featureNames: NAMES })).toEqual(['amount:integer', 'category:integer']);
    expect(types(columns('float32', 'string'))).toEqual(['amount:number', 'category:string']);
    expect(types({ featureNames: NAMES })).toEqual(['amount:any', 'category:any']);
    expect(
      types({
        inputs: [
          { name: 'a', dtype: 'bool', shape: [null] },
          { name: 'b', dtype: undefined, shape: [null, 2] },
        ],
      }),
    ).toEqual(['-:boolean', '-:any', '-:any']);
  });

  it('comes from the metadata, which may be narrower', () => {
    expect(types(one('float32', null), { features: NAMES })).toEqual(['amount:number', 'category:number']);
    expect(types(columns('float32', 'string'), { input_schema: { amount: { type: 'integer' } } })).toEqual([
      'amount:integer',
      'category:string',
    ]);
    const contract = compileInputContract(columns('float32', 'string'), {
      features: NAMES,
      input_schema: { amount: { type: 'number', min: 0, max: 10, nullable: false }, category: { enum: ['a', 'b'] } },
    });
    expect(contract.features).toEqual([
      { name: 'amount', type: 'number', min: 0, max: 10, nullable: false, optional: false, values: undefined },
      {
        name: 'category',
        type: 'string',
        min: undefined,
        max: undefined,
        nullable: true,
        optional: false,
        values: ['a', 'b'],
      },
    ]);
  });

  it('comes from encoders that refuse what they do not know', () => {
    const { features } = compileInputContract({
      featureNames: ['a', 'b', 'c'],
      categories: [['x', 'y'], ['x', null], undefined],
      optionalFeatures: ['c'],
    });
    expect(features).toMatchObject([
      { values: ['x', 'y'], nullable: false, optional: false },
      { values: ['x'], nullable: true },
      { values: undefined, nullable: true, optional: true },
    ]);
  });
});

describe('a contract that cannot be made is an error', () => {
  it.each([
    ['nothing is known', {}],
    ['the input takes any number of columns', one('float32', null)],
    ['the input is an image', { inputs: [{ name: 'x', dtype: 'float32', shape: [null, 3, 8, 8] }] } as ContractFacts],
    [
      'a row is one value, whatever it is',
      { inputs: [{ name: 'X', dtype: undefined, shape: [null] }] } as ContractFacts,
    ],
  ])('where %s', (_, facts) => {
    expect(() => compileInputContract(facts)).toThrow(
      expect.objectContaining({ code: 'ML_CONTRACT_INVALID', message: expect.stringContaining('add "features"') }),
    );
  });

  it.each([
    ['no object', [], 'input_schema in the metadata must be an object of features by name'],
    ['a feature of no object', { amount: 'number' }, 'input_schema.amount in the metadata must be an object { type?'],
    [
      'another type',
      { amount: { type: 'float' } },
      "input_schema.amount.type in the metadata must be 'number', 'integer'",
    ],
    [
      'another field',
      { amount: { maximum: 3 } },
      'input_schema.amount.maximum in the metadata is no field that is known',
    ],
    ['bounds of text', { amount: { type: 'string', min: 0 } }, "of type 'number' or 'integer' to have min or max"],
    ['bounds without a type', { amount: { max: 0 } }, "of type 'number' or 'integer' to have min or max"],
    ['bounds the wrong way round', { amount: { type: 'number', min: 2, max: 1 } }, 'whose min is not above its max'],
    [
      'no values',
      { amount: { enum: [] } },
      'input_schema.amount.enum in the metadata must be an array of at least one',
    ],
  ])('where input_schema has %s', (_, input_schema, message) => {
    expect(() => compileInputContract({ featureNames: NAMES }, { input_schema })).toThrow(
      expect.objectContaining({ code: 'ML_CONTRACT_INVALID', message: expect.stringContaining(message) }),
    );
  });

  const schema = (features: Readonly<Record<string, InputFeature>>): { input_schema: unknown } => ({
    input_schema: features,
  });
  it.each([
    [
      'names are others',
      { featureNames: NAMES },
      { features: ['amount', 'country'] },
      '"features" lacks "category" of the model and has "country"',
    ],
    [
      'names have another order',
      { featureNames: NAMES },
      { features: [...NAMES].reverse() },
      'another order than the model, from position 0',
    ],
    ['there are too few', one('float32', 3), { features: NAMES }, '"features" has 2 names, the model takes 3 values'],
    [
      'an input is not among them',
      columns('float32', 'string'),
      { features: ['amount', 'country'] },
      'lacks the inputs "category"',
    ],
    [
      'a rule is for another feature',
      { featureNames: NAMES },
      schema({ country: {} }),
      '"input_schema" has "country", which is no feature',
    ],
    [
      'text is a number',
      columns('float32', 'string'),
      schema({ category: { type: 'number' } }),
      'says that "category" is a number, the model takes a string',
    ],
    [
      'a number is text',
      columns('float32', 'string'),
      schema({ amount: { type: 'string' } }),
      'says that "amount" is a string, the model takes a number',
    ],
    ['rules need names that nobody knows', one('float32', 2), schema({ amount: {} }), 'the model knows no names'],
  ])('where %s', (_, facts, metadata, message) => {
    expect(() => compileInputContract(facts, metadata)).toThrow(
      expect.objectContaining({ code: 'ML_CONTRACT_MISMATCH', message: expect.stringContaining(message) }),
    );
  });

  it("but names of inputs that have nothing to do with features are the exporter's own", () => {
    const exported = { inputs: ['input_0', 'input_1'].map((name) => ({ name, dtype: 'float32', shape: [null, 1] })) };
    expect(types(exported as ContractFacts, { features: NAMES })).toEqual(['amount:number', 'category:number']);
  });
});
