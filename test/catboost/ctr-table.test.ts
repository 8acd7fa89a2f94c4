import { expect, it } from 'vitest';
import type { CtrTableSource } from '../../src/catboost/catboost-model.ts';
import { CtrTable, UNKNOWN } from '../../src/catboost/ctr-table.ts';

const base: CtrTableSource['base'] = {
  combination: { categories: Int32Array.of(0), floatSplits: [], oneHotSplits: [] },
  type: 'Counter',
  classifier: 0,
};

function sourceOf(low: readonly number[], high: readonly number[] = low.map(() => 0)): CtrTableSource {
  return {
    base,
    hashes: { low: Uint32Array.from(low), high: Uint32Array.from(high), index: Uint32Array.from(low, (_, i) => i) },
    values: new Int32Array(low.length),
    denominator: 1,
    classes: 0,
  };
}

it('finds what it has and nothing else', () => {
  const table = new CtrTable(sourceOf([5, 5, 6, 0], [0, 1, 0xffff_ffff, 0]));
  expect([table.find(0, 5), table.find(1, 5), table.find(0xffff_ffff, 6), table.find(0, 0)]).toEqual([0, 1, 2, 3]);
  expect(table.find(2, 5)).toBe(UNKNOWN);
});

it('refuses values that are not there', () => {
  expect(() => new CtrTable({ ...sourceOf([1, 2]), values: new Int32Array(1) })).toThrow(
    expect.objectContaining({ code: 'ML_FORMAT_MALFORMED' }),
  );
});

it('refuses hashes that were made to collide', () => {
  const same = Array.from({ length: 2000 }, () => 9);
  expect(() => new CtrTable(sourceOf(same))).toThrow(expect.objectContaining({ code: 'ML_FORMAT_LIMIT' }));
});
