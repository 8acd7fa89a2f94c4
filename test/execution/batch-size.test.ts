import { describe, expect, it } from 'vitest';
import { BatchSize } from '../../src/execution/batch-size.ts';

describe('the rows of a run', () => {
  it('are as many as fit the time, by what rows cost', () => {
    const size = new BatchSize(1_000, 4);
    expect([size.limit, size.msPerRow]).toEqual([1_000, undefined]);
    size.observe(1, 0.5);
    expect([size.limit, size.msPerRow]).toEqual([8, 0.5]);
  });

  it('grow from run to run while larger runs are cheaper per row', () => {
    const size = new BatchSize(1_000, 4);
    // A run costs half a millisecond and 10 us per row.
    const limits = Array.from({ length: 6 }, () => {
      const rows = size.msPerRow === undefined ? 1 : size.limit;
      size.observe(rows, 0.5 + rows * 0.01);
      return size.limit;
    });
    expect(limits).toEqual([7, 49, 197, 319, 345, 349]);
  });

  it('are never less than one, nor more than the bound', () => {
    const slow = new BatchSize(10, 4);
    slow.observe(1, 500);
    expect(slow.limit).toBe(1);
    const quick = new BatchSize(10, 4);
    quick.observe(100, 0.0001);
    expect(quick.limit).toBe(10);
  });

  it('do not shrink for one run that the machine kept waiting, but do when rows have become dear', () => {
    const size = new BatchSize(1_000, 4);
    for (let i = 0; i < 5; i++) size.observe(1, 0.1);
    size.observe(1, 80);
    expect(size.limit).toBe(40);
    for (let i = 0; i < 16; i++) size.observe(1, 1);
    expect(size.limit).toBe(4);
  });
});
