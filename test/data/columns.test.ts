import { describe, expect, it } from 'vitest';
import { CsrMatrix, type Dataset, DenseMatrix, Frame, toDense } from '../../src/data/dataset.ts';
import { readDataset, readWholeRows } from '../../src/data/read-dataset.ts';
import { selectColumns } from '../../src/data/select-columns.ts';
import { stackColumns, stackSparse, toCsr } from '../../src/data/stack-columns.ts';
import { InputError } from '../../src/errors/input-error.ts';

const dense = new DenseMatrix(2, 3, Float64Array.of(1, 0, 3, 4, 5, 0));
const sparse = toCsr(dense);
const frame = new Frame({
  rows: 2,
  cols: 3,
  numbers: Float64Array.of(1, 4, 0, 0, 3, 0),
  objects: [undefined, ['x', null], undefined],
  names: ['a', 'b', 'c'],
});
const numbers = (x: Dataset): number[] => Array.from(toDense(x).data);

describe('selectColumns', () => {
  it.each([dense, sparse])('of numbers, repeated and in any order', (x) => {
    const out = selectColumns(x, [2, 0, 2]);
    expect(out.kind).toBe(x.kind);
    expect(numbers(out)).toEqual([3, 1, 3, 0, 4, 0]);
  });

  it('of a frame is a matrix where no text is among them', () => {
    expect(selectColumns(frame, [2, 0])).toEqual(new DenseMatrix(2, 2, Float64Array.of(3, 1, 0, 4)));
    expect(selectColumns(frame, [1, 2])).toMatchObject({
      kind: 'frame',
      names: ['b', 'c'],
      objects: [['x', null], undefined],
    });
  });
});

describe('stacked columns', () => {
  it('are dense, sparse or a frame as asked and needed', () => {
    const want = [1, 0, 3, 1, 0, 3, 4, 5, 0, 4, 5, 0];
    expect(numbers(stackColumns([dense, sparse], 2))).toEqual(want);
    expect(numbers(stackSparse([sparse, dense], 2))).toEqual(want);
    expect(stackColumns([dense, frame], 2)).toMatchObject({ kind: 'frame', cols: 6 });
    expect(stackColumns([], 2)).toMatchObject({ rows: 2, cols: 0 });
  });

  it('add up entries that a sparse matrix has twice', () => {
    const twice = new CsrMatrix([1, 1], {
      indptr: Int32Array.of(0, 2),
      indices: Int32Array.of(0, 0),
      data: Float64Array.of(2, 3),
    });
    expect(numbers(stackColumns([twice], 1))).toEqual([5]);
  });
});

describe('rows', () => {
  const schema = { width: 2, names: ['a', 'b'], extraFeatures: 'ignore' } as const;

  it('one row is read as many are', () => {
    for (const row of [
      { a: 1, b: true },
      { a: null, b: 2n },
      { a: 'x', b: 3 },
      { a: 1, b: 'y' },
    ]) {
      const one = readDataset([row], schema);
      const two = readDataset([row, row], schema);
      expect(one.kind).toBe(two.kind);
      if (one.kind === 'frame' && two.kind === 'frame')
        expect(one.objects).toEqual(two.objects.map((column) => column?.slice(1)));
      else expect(numbers(one)).toEqual(numbers(two).slice(2));
    }
  });

  it('may lack optional names, and no others', () => {
    const optional = new Set(['b']);
    expect(readDataset([{ a: 1 }], { ...schema, optional })).toEqual(
      new DenseMatrix(1, 2, Float64Array.of(1, Number.NaN)),
    );
    expect(readDataset({ a: [1, 2] }, { ...schema, optional })).toMatchObject({ rows: 2, cols: 2 });
    expect(() => readDataset([{ b: 1 }], { ...schema, optional })).toThrow(InputError);
  });

  it('may be anything where they are taken whole', () => {
    const rows = [['a'], [], ['b', 'c']];
    expect(readWholeRows(rows)).toMatchObject({ rows: 3, cols: 1, objects: [rows] });
    expect(() => readWholeRows({ a: [1] })).toThrow(InputError);
  });
});
