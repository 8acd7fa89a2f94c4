import type { StoredDType } from '../../spec/stored-tensor.ts';
import { elementBytes, type Storage } from './storage.ts';
import type { StorageView } from './tensor-entry.ts';
import { badTorch } from './torch-problem.ts';

/** As PyTorch allows. */
const MAX_DIMENSIONS = 64;

/**
 * Refuses a view of what is not in its storage: the check whose absence in PyTorch before 2.10 let files write over
 * foreign memory (CVE-2026-24747).
 *
 * @throws `ML_FORMAT_MALFORMED`
 */
export function checkView(
  { storage, offset, strides }: StorageView,
  shape: readonly number[],
  dtype: StoredDType,
): void {
  const shown = `a tensor of shape [${shape.join(', ')}]`;
  if (shape.length !== strides.length) throw badTorch(`${shown} has ${strides.length} strides`);
  if (shape.length > MAX_DIMENSIONS) throw badTorch(`a tensor has ${shape.length} dimensions`);
  const available = countOf(storage, dtype);
  let count = 1;
  let last = offset;
  for (const [i, extent] of shape.entries()) {
    count *= extent;
    last += (extent - 1) * (strides[i] as number);
  }
  if (!Number.isSafeInteger(count)) throw badTorch(`${shown} has more elements than can be counted`);
  // A tensor without elements may stand anywhere, and PyTorch lets it stand behind the end: nothing is read.
  if (count === 0 || last < available) return;
  throw badTorch(
    `${shown}, strides [${strides.join(', ')}], offset ${offset} reaches outside its storage ${JSON.stringify(storage.key)} of ${available} elements`,
  );
}

/** Whole elements of a type that a storage holds. */
export function countOf({ length }: Storage, dtype: StoredDType): number {
  return Math.floor(length / elementBytes(dtype));
}
