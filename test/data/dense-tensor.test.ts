import { describe, expect, it } from 'vitest';
import { DenseTensor } from '../../src/data/dense-tensor.ts';

describe('DenseTensor', () => {
  const matrix = new DenseTensor(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3], 'float64');

  it('gives rows as views of its memory', () => {
    const row = matrix.row(1) as Float64Array;
    expect(row).toEqual(Float64Array.of(4, 5, 6));
    expect(row.buffer).toBe((matrix.data as Float64Array).buffer);
    expect(new DenseTensor(['a', 'b'], [2, 1], 'string').row(1)).toEqual(['b']);
    expect(() => matrix.row(2)).toThrow(RangeError);
  });

  it('gives nested arrays', () => {
    expect(matrix.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(new DenseTensor([5], [], 'float32').toArray()).toBe(5);
    expect(new DenseTensor([], [0, 3], 'float32').toArray()).toEqual([]);
    expect(new DenseTensor([], [2, 0], 'float32').toArray()).toEqual([[], []]);
    expect(new DenseTensor(Uint8Array.of(1, 0), [2], 'bool').toArray()).toEqual([true, false]);
  });

  it('goes through JSON, integers beyond 2^53 as text', () => {
    const big = new DenseTensor(BigInt64Array.of(5n, 9007199254740993n), [2], 'int64');
    expect(JSON.stringify({ big, matrix })).toBe('{"big":[5,"9007199254740993"],"matrix":[[1,2,3],[4,5,6]]}');
  });

  it('wraps what it is not yet', () => {
    expect(DenseTensor.from(matrix)).toBe(matrix);
    expect(DenseTensor.from({ data: [1], shape: [1], dtype: 'float32' })).toBeInstanceOf(DenseTensor);
  });
});
