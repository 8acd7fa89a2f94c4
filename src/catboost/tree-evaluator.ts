/** Trees that rows of bins are walked through. Rows come in blocks, their bins as `[columns, count]`. */
export interface TreeEvaluator {
  /** Trees. */
  readonly count: number;
  readonly byteSize: number;
  /** Adds every tree's values to `sums`, `[count, dimensions]`, tree after tree. */
  addTo(bins: Uint16Array, count: number, sums: Float64Array): void;
  /** The leaf in every tree, `[count, trees]`. */
  leaves(bins: Uint16Array, count: number, out: Float64Array): void;
}
