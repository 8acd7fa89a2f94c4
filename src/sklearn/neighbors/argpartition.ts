/**
 * Moves the indices of the `k` smallest values to the front, in the order in which numpy's `argpartition` leaves them:
 * which of several equal values are among them depends on it. Values must not be NaN.
 *
 * Source: numpy/_core/src/npysort/selection.cpp, `introselect` (the portable one; numpy 2 has others for some processors).
 *
 * @param indices all places of `values`, ascending; rearranged
 * @param k at least 1, at most the number of values
 */
export function argpartition(values: Float64Array, indices: Int32Array, k: number): void {
  const kth = k - 1;
  if (kth < 3) return selectSmallest(values, indices, k);
  const { length } = indices;
  if (kth === length - 1) return moveLargest(values, indices);
  let low = 0;
  let high = length - 1;
  while (low + 1 < high) {
    medianToLow(values, indices, [low, high]);
    const [left, right] = partition(values, indices, [low, high]);
    swap(indices, low, right);
    if (right >= kth) high = right - 1;
    if (right <= kth) low = left;
  }
  if (high === low + 1 && less(values, indices, [high, low])) swap(indices, high, low);
}

function selectSmallest(values: Float64Array, indices: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    let smallest = i;
    for (let k = i + 1; k < indices.length; k++) if (less(values, indices, [k, smallest])) smallest = k;
    swap(indices, i, smallest);
  }
}

function moveLargest(values: Float64Array, indices: Int32Array): void {
  let largest = 0;
  for (let k = 1; k < indices.length; k++) if (!less(values, indices, [k, largest])) largest = k;
  swap(indices, indices.length - 1, largest);
}

/** The median of first, middle and last goes to the front, the smallest of them behind it. */
function medianToLow(values: Float64Array, indices: Int32Array, [low, high]: readonly [number, number]): void {
  const middle = low + Math.floor((high - low) / 2);
  if (less(values, indices, [high, middle])) swap(indices, high, middle);
  if (less(values, indices, [high, low])) swap(indices, high, low);
  if (less(values, indices, [low, middle])) swap(indices, low, middle);
  swap(indices, middle, low + 1);
}

function partition(
  values: Float64Array,
  indices: Int32Array,
  [low, high]: readonly [number, number],
): readonly [number, number] {
  const pivot = values[indices[low] as number] as number;
  let left = low + 1;
  let right = high;
  for (;;) {
    do left += 1;
    while ((values[indices[left] as number] as number) < pivot);
    do right -= 1;
    while (pivot < (values[indices[right] as number] as number));
    if (right < left) return [left, right];
    swap(indices, left, right);
  }
}

function less(values: Float64Array, indices: Int32Array, [a, b]: readonly [number, number]): boolean {
  return (values[indices[a] as number] as number) < (values[indices[b] as number] as number);
}

function swap(indices: Int32Array, a: number, b: number): void {
  const value = indices[a] as number;
  indices[a] = indices[b] as number;
  indices[b] = value;
}
