import { expect, it } from 'vitest';
import { BinBlock } from '../../src/catboost/bin-block.ts';
import { LeafFinder } from '../../src/catboost/leaf-finder.ts';

it.each([1, 2, 4, 8])('finds the same leaves in trees of %i levels by fours and one by one', (size) => {
  const columns = 3;
  const block = new BinBlock(columns, false);
  for (const count of [2, 3, 4, 5, 64, 1001]) {
    block.resize(count);
    for (let i = 0; i < block.stride * columns; i++) block.data[i] = (i * 7919 + 13) % 256;
    for (const smallest of [1, 2, 127, 128, 129, 254, 255]) {
      const finder = new LeafFinder(
        Int32Array.from({ length: size }, (_, level) => level % columns),
        Uint16Array.from({ length: size }, (_, level) => Math.min(255, smallest + level)),
      );
      expect(finder.fitsBytes(block, size)).toBe(true);
      const one = Array.from(finder.find(block, 0, size).subarray(0, count));
      const fours = finder.findBytes(block, 0, { size, slot: 2 });
      expect(Array.from(fours.subarray(0, count))).toEqual(one);
    }
  }
});

it('leaves wide bins, single rows and deep trees to the other way', () => {
  const finder = new LeafFinder(new Int32Array(9), new Uint16Array(9));
  const [narrow, wide] = [new BinBlock(1, false), new BinBlock(1, true)];
  narrow.resize(8);
  wide.resize(8);
  expect(finder.fitsBytes(narrow, 8)).toBe(true);
  expect(finder.fitsBytes(narrow, 9)).toBe(false);
  expect(finder.fitsBytes(wide, 8)).toBe(false);
  narrow.resize(1);
  expect(finder.fitsBytes(narrow, 8)).toBe(false);
});
