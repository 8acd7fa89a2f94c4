import { expect, test } from 'vitest';
import { ownValues, rowOfNumbers } from '../../src/data/row-of-numbers.ts';

test('rows are zeros and do not overlap, however many there are', () => {
  const rows = Array.from({ length: 500 }, (_, i) => {
    const row = rowOfNumbers(30);
    expect([...row]).toEqual(Array.from({ length: 30 }, () => 0));
    return row.fill(i);
  });
  for (const [i, row] of rows.entries()) expect(new Set(row)).toEqual(new Set([i]));
  expect(rowOfNumbers(0)).toHaveLength(0);
  expect(rowOfNumbers(5000)).toHaveLength(5000);
});

test('what is handed on has a buffer of its own', () => {
  const row = rowOfNumbers(3).fill(2);
  const own = ownValues(row);
  expect([...own]).toEqual([2, 2, 2]);
  expect(own.buffer.byteLength).toBe(24);
  const alone = Float64Array.of(1, 2);
  expect(ownValues(alone)).toBe(alone);
});
