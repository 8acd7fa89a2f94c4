/**
 * The `k` smallest of a stream of values with their indices, in a heap that keeps and drops equal values as
 * scikit-learn's does: which of several points at the same distance are neighbours depends on it.
 *
 * Source: sklearn/utils/_heap.pyx, `heap_push`.
 */
export class NeighborHeap {
  readonly values: Float64Array;
  readonly indices: Int32Array;

  constructor(size: number) {
    this.values = new Float64Array(size);
    this.indices = new Int32Array(size);
  }

  clear(): void {
    this.values.fill(Number.POSITIVE_INFINITY);
    this.indices.fill(0);
  }

  /** The largest value that is kept. */
  get largest(): number {
    return this.values[0] as number;
  }

  push(value: number, index: number): void {
    const { values, indices } = this;
    if (value >= (values[0] as number)) return;
    const size = values.length;
    let at = 0;
    for (let left = 1; left < size; left = 2 * at + 1) {
      const right = left + 1;
      const next = right >= size || (values[left] as number) >= (values[right] as number) ? left : right;
      if (!((values[next] as number) > value)) break;
      values[at] = values[next] as number;
      indices[at] = indices[next] as number;
      at = next;
    }
    values[at] = value;
    indices[at] = index;
  }

  /** Positions in the heap by rising value, equal ones by index. */
  order(): number[] {
    return Array.from(this.values.keys()).sort(
      (a, b) =>
        (this.values[a] as number) - (this.values[b] as number) ||
        (this.indices[a] as number) - (this.indices[b] as number),
    );
  }
}
