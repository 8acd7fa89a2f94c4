import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRows } from '../../src/data/rows.ts';
import type { NamedTensor } from '../../src/protocol/messages.ts';
import { namedTensor } from '../../src/protocol/named-tensor.ts';
import { predictionsOfTensor, tensorOfPredictions } from '../../src/protocol/predictions.ts';
import { rowsOfTensors } from '../../src/protocol/rows-of-tensors.ts';
import { tensorsOfRows } from '../../src/protocol/tensors-of-rows.ts';
import type { Prediction } from '../../src/spec/model.ts';
import type { Rows } from '../../src/spec/rows.ts';

const texts = (data: readonly unknown[], contentType?: string, shape = [data.length]): NamedTensor =>
  namedTensor('t', { data, shape, dtype: 'object' }, contentType === undefined ? {} : { content_type: contentType });

/** Rows as lists of values, whatever form they have. */
function cells(rows: Rows, names?: readonly string[]): unknown[][] {
  const reader = readRows(rows, { width: undefined, names, extraFeatures: 'error' });
  return Array.from({ length: reader.count }, (_, i) =>
    Array.from({ length: reader.width }, (_value, j) => reader.cell(i, j)),
  );
}

function thereAndBack(rows: Rows, featureNames?: readonly string[]): Rows {
  const { inputs, contentType } = tensorsOfRows(rows, { inputName: 'x', featureNames });
  return rowsOfTensors(inputs, { content_type: contentType });
}

describe('rows of tensors', () => {
  it('are a matrix for one numeric tensor', () => {
    const tensor = namedTensor('x', { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: 'float32' });
    expect(rowsOfTensors([tensor], {})).toBe(tensor);
    expect(rowsOfTensors([tensor], { content_type: 'np' })).toBe(tensor);
  });

  it('are the columns of a table for several, or for pd', () => {
    const age = namedTensor('age', { data: Int32Array.of(34, 22), shape: [2], dtype: 'int32' });
    const name = texts(['Joanne', 'Michael'], 'str', [2, 1]);
    expect(rowsOfTensors([name, age], { content_type: 'pd' })).toEqual({
      t: ['Joanne', 'Michael'],
      age: Int32Array.of(34, 22),
    });
    expect(rowsOfTensors([age], { content_type: 'pd' })).toEqual({ age: Int32Array.of(34, 22) });
    expect(rowsOfTensors([name, age], {})).toHaveProperty('age');
  });

  it('are texts for one tensor of BYTES, base64 unpacked', () => {
    expect(rowsOfTensors([texts(['a', 'b'])], {})).toEqual(['a', 'b']);
    expect(rowsOfTensors([texts(['a', null], 'str', [2, 1])], {})).toEqual(['a', null]);
    expect(rowsOfTensors([texts(['UHl0aG9uIGlzIGZ1bg=='], 'base64')], {})).toEqual(['Python is fun']);
    expect(rowsOfTensors([texts(['2022-01-11T11:00:00'], 'datetime')], {})).toEqual(['2022-01-11T11:00:00']);
    expect(cells(rowsOfTensors([texts(['a', 'b', 'c', 'd'], undefined, [2, 2])], {}))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('refuse what stands for no rows', () => {
    const matrix = namedTensor('x', { data: Float64Array.of(1, 2), shape: [1, 2], dtype: 'float64' });
    expect(() => rowsOfTensors([matrix, matrix], {})).toThrow(/must have shape \[rows\] or \[rows, 1\], got \[1, 2\]/);
    expect(() => rowsOfTensors([matrix, matrix], { content_type: 'np' })).toThrow(/its only input, and there are 2/);
    expect(() => rowsOfTensors([matrix], { content_type: 'str' })).toThrow(/needs BYTES, got FP64/);
    expect(() => rowsOfTensors([matrix], { content_type: 'hg_jsonlist' })).toThrow(/is not known/);
    expect(() => rowsOfTensors([texts([Uint8Array.of(255)])], {})).toThrow(/no UTF-8/);
  });

  it('take a column by any name', () => {
    const column = (name: string): NamedTensor => namedTensor(name, { data: [1], shape: [1], dtype: 'float64' });
    const rows = rowsOfTensors([column('__proto__'), column('constructor')], {});
    expect(Object.keys(rows)).toEqual(['__proto__', 'constructor']);
  });
});

describe('tensors of rows', () => {
  it('and back are the same', () => {
    const value = fc.oneof(fc.double(), fc.constant(null), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        expect(cells(thereAndBack(rows))).toEqual(rows.map((row) => row.map((cell) => cell ?? Number.NaN)));
      }),
    );
    const records = fc.record({
      a: fc.double(),
      b: fc.string(),
      c: fc.boolean(),
      d: fc.bigInt({ min: 2n ** 60n, max: 2n ** 62n }),
    });
    fc.assert(
      fc.property(fc.array(records, { minLength: 1 }), (rows) => {
        const names = ['a', 'b', 'c', 'd'];
        expect(cells(thereAndBack(rows), names)).toEqual(cells(rows, names));
      }),
    );
  });

  it('name the columns of mixed arrays by the features', () => {
    const { inputs, contentType } = tensorsOfRows([[1, 'a']], { inputName: 'x', featureNames: ['n', 's'] });
    expect(inputs.map(({ name, datatype }) => [name, datatype])).toEqual([
      ['n', 'FP64'],
      ['s', 'BYTES'],
    ]);
    expect(contentType).toBe('pd');
  });

  it('send texts as texts, tensors as they are, columns and their missing texts', () => {
    expect(tensorsOfRows(['a', 'b'], { inputName: 'x' })).toMatchObject({
      inputs: [{ name: 'x', datatype: 'BYTES', shape: [2, 1], parameters: { content_type: 'str' } }],
      contentType: 'str',
    });
    const tensor = { data: Float32Array.of(1, 2), shape: [1, 2], dtype: 'float32' } as const;
    expect(tensorsOfRows(tensor, { inputName: 'x' }).inputs[0]).toMatchObject({ datatype: 'FP32', shape: [1, 2] });
    expect(thereAndBack({ a: [1, 2], b: ['x', null] })).toEqual({ a: Float64Array.of(1, 2), b: ['x', null] });
  });

  it('refuse values that no type of the protocol holds', () => {
    const send =
      (rows: Rows): (() => unknown) =>
      () =>
        tensorsOfRows(rows, { inputName: 'x' });
    expect(send([{ a: 1 }, { a: 'b' }])).toThrow(/column "a" cannot be sent .* mixes numbers and strings/);
    expect(send([{ a: true }, { a: null }])).toThrow(/some of its booleans are missing/);
    expect(send([{ a: { b: 1 } }])).toThrow(/value 0 is a Object/);
    expect(send([[2n ** 70n]])).toThrow(/more than 64 bits/);
    expect(() => namedTensor('c', { data: [1, 2], shape: [1], dtype: 'complex64' })).toThrow(/complex64/);
  });
});

describe('predictions', () => {
  it.each<[string, Prediction[], boolean, { dtype: string; shape: number[] }]>([
    ['labels of integers', [1, 0, 1], true, { dtype: 'int64', shape: [3] }],
    ['values', [1, 0.5], false, { dtype: 'float64', shape: [2] }],
    ['whole values', [1, 2], false, { dtype: 'float64', shape: [2] }],
    ['texts', ['a', 'b'], true, { dtype: 'string', shape: [2] }],
    ['booleans', [true, false], false, { dtype: 'bool', shape: [2] }],
    ['long integers', [2n ** 60n, 5], false, { dtype: 'int64', shape: [2] }],
    [
      'several outputs',
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      true,
      { dtype: 'int64', shape: [3, 2] },
    ],
    ['deep outputs', [[[1], [2]]], false, { dtype: 'float64', shape: [1, 2, 1] }],
    ['no rows', [], true, { dtype: 'float64', shape: [0] }],
  ])('of %s are a tensor and back', (_, predictions, integers, expected) => {
    const tensor = tensorOfPredictions(predictions, integers);
    expect(tensor).toMatchObject(expected);
    expect(predictionsOfTensor(tensor)).toEqual(predictions);
  });

  it('of shape [rows, 1] are one per row, as MLServer gives them', () => {
    expect(predictionsOfTensor({ data: Int32Array.of(1, 2), shape: [2, 1], dtype: 'int32' })).toEqual([1, 2]);
  });

  it('of different lengths are refused', () => {
    expect(() => tensorOfPredictions([[1], [1, 2]], false)).toThrow(/different lengths/);
  });
});
