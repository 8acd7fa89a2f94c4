import type { CtrBase } from './catboost-model.ts';

/** A text that two bases share if they are about the same table. */
export function ctrKey({ combination, type, classifier }: CtrBase): string {
  const { categories, floatSplits, oneHotSplits } = combination;
  return JSON.stringify([
    type,
    classifier,
    Array.from(categories),
    floatSplits.map(({ index, border }) => [index, border]),
    oneHotSplits.map(({ index, value }) => [index, value]),
  ]);
}
