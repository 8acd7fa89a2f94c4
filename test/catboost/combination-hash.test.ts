import { expect, it } from 'vitest';
import { CombinationHash } from '../../src/catboost/combination-hash.ts';

const MUL = 0x4906ba494954cb65n;

it('is the 64-bit hash that bigints compute', () => {
  const hash = new CombinationHash();
  let want = 0n;
  let value = 1;
  for (let i = 0; i < 2000; i++) {
    value = Math.imul(value, 1_103_515_245) + 12_345 + i;
    const added = [value | 0, 0, 1, -1, -(2 ** 31), 2 ** 31 - 1][i % 6] as number;
    hash.add(added);
    want = BigInt.asUintN(64, MUL * (want + MUL * BigInt(added)));
    expect((BigInt(hash.high) << 32n) | BigInt(hash.low)).toBe(want);
  }
  hash.reset();
  expect([hash.high, hash.low]).toEqual([0, 0]);
});
