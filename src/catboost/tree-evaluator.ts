import type { BinBlock } from './bin-block.ts';

/** Trees that blocks of rows are walked through. */
export interface TreeEvaluator {
  /** Trees. */
  readonly count: number;
  readonly byteSize: number;
  /** Adds every tree's values to `sums`, `[count, dimensions]`, tree after tree. */
  addTo(block: BinBlock, sums: Float64Array): void;
  /** The leaf in every tree, `[count, trees]`. */
  leaves(block: BinBlock, out: Float64Array): void;
}
