import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DenseTensor } from '../../src/data/dense-tensor.ts';
import { compareAnswers } from '../../src/routing/compare-answers.ts';
import { copyValue } from '../../src/routing/copy-value.ts';

const tensor = (data: number[], shape: number[]) => new DenseTensor(Float64Array.from(data), shape, 'float64');

describe('two answers', () => {
  it.each([
    ['equal labels', ['a', 'b', null, true], ['a', 'b', null, true], 0, false, 0],
    ['another label', ['a', 'b'], ['a', 'c'], 0, true, 0],
    ['labels of other types', [1], ['1'], 0, true, 0],
    ['a bigint and a number', [1n, 2], [1, 2], 0, false, 0],
    ['fewer rows', [1, 2], [1], 0, true, 0],
    ['numbers within the tolerance', [1, 2], [1.25, 2], 0.25, false, 0.25],
    ['numbers beyond it', [1, 2], [1.5, 2], 0.25, true, 0.5],
    ['NaN and NaN', [Number.NaN], [Number.NaN], 0, false, 0],
    ['NaN and a number', [Number.NaN], [1], 10, true, 0],
    ['infinities', [Infinity], [-Infinity], 10, true, 0],
    ['tensors', tensor([1, 2], [1, 2]), tensor([1, 2.5], [1, 2]), 0, true, 0.5],
    ['tensors of other shapes', tensor([1, 2], [1, 2]), tensor([1, 2], [2, 1]), 0, true, 0],
    ['named tensors', { y: tensor([1], [1]) }, { y: tensor([1], [1]) }, 0, false, 0],
    ['other names', { y: tensor([1], [1]) }, { z: tensor([1], [1]) }, 0, true, 0],
    ['multi-output rows', [[1, 'a']], [[1, 'b']], 0, true, 0],
  ])('%s', (...[, a, b, tolerance, differs, maxAbsDiff]) => {
    expect(compareAnswers(a, b, tolerance)).toEqual({ differs, maxAbsDiff });
    expect(compareAnswers(b, a, tolerance)).toEqual({ differs, maxAbsDiff });
  });
});

describe('a copy', () => {
  it('equals what it is of and shares none of its lists, records and arrays', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(copyValue(value)).toEqual(value);
      }),
    );
    const awkward = JSON.parse('{"__proto__":{"a":1}}') as object;
    expect(Object.entries(copyValue(awkward))).toEqual([['__proto__', { a: 1 }]]);
    const rows = [{ amount: 1, tags: ['a'] }, [2, 3]];
    const copy = copyValue(rows) as typeof rows;
    (rows[0] as { amount: number; tags: string[] }).tags.push('b');
    (rows[1] as number[])[0] = 9;
    expect(copy).toEqual([{ amount: 1, tags: ['a'] }, [2, 3]]);
  });

  it('of a tensor and of a buffer has memory of its own', () => {
    const given = tensor([1, 2], [2]);
    const copy = copyValue(given);
    const buffer = Buffer.from([1, 2]);
    const copied = copyValue([buffer])[0] as Buffer;
    (given.data as Float64Array)[0] = 7;
    buffer[0] = 7;
    expect([copy.toArray(), [...copied]]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('shares instances of classes, and what is nested too deep', () => {
    const date = new Date();
    expect((copyValue({ date }) as { date: Date }).date).toBe(date);
    const deep: unknown[] = [];
    let inner = deep;
    for (let i = 0; i < 100_000; i++) inner.push((inner = []));
    expect(copyValue(deep)).not.toBe(deep);
  });
});
