/** Up to this many values numpy sorts in one network. */
export const MAX_NETWORK = 256;

/**
 * Indices of values in rising order, equal ones as a bitonic network leaves them: what `argpartition` of numpy 2 gives
 * for up to 256 values on processors with AVX2 or AVX-512.
 *
 * Source: x86-simd-sort, `argsort_n`.
 *
 * @param values finite, at most `MAX_NETWORK`
 */
export function bitonicOrder(values: Float64Array): Int32Array {
  let size = 8;
  while (size < values.length) size *= 2;
  const keys = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  keys.set(values);
  const indices = Int32Array.from(keys.keys());
  for (let block = 2; block <= size; block *= 2) {
    // Two sorted halves: compare from both ends towards the middle, then at falling distances.
    for (let start = 0; start < size; start += block) {
      for (let i = 0; i < block / 2; i++) exchange(keys, indices, start + i, start + block - 1 - i);
    }
    for (let distance = block / 4; distance >= 1; distance /= 2) {
      for (let start = 0; start < size; start += 2 * distance) {
        for (let i = start; i < start + distance; i++) exchange(keys, indices, i, i + distance);
      }
    }
  }
  return indices.subarray(0, values.length);
}

function exchange(keys: Float64Array, indices: Int32Array, low: number, high: number): void {
  const a = keys[low] as number;
  const b = keys[high] as number;
  if (!(b < a)) return;
  keys[low] = b;
  keys[high] = a;
  const index = indices[low] as number;
  indices[low] = indices[high] as number;
  indices[high] = index;
}
