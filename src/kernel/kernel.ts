import type { PackedTrees, Views } from './pack-forest.ts';
import type { Layout } from './layout.ts';

/** What a kernel works on. */
export interface KernelForest extends PackedTrees {
  readonly layout: Layout;
  readonly features: number;
  readonly leafWidth: number;
  readonly outputs: number;
  readonly views: Views;
}

/**
 * Walks rows through trees and adds up what the leaves hold. There are two, which agree bit for bit: `JsKernel`
 * and `WasmKernel`. `full` walks know missing values and splits that are no comparison; others are faster.
 */
export interface Kernel {
  /**
   * The rows: one row in order, for `walkTrees`; for `walkRows` blocks of eight rows, in a block all values of the
   * first feature, then all of the second.
   */
  readonly x: Float32Array | Float64Array;
  /** Leaf numbers that a walk found: per row, or per tree. */
  readonly leaves: Int32Array;
  /** Sums, `[rows, outputs]`. */
  readonly sums: Float64Array | Float32Array;
  /** Eight rows a block through one tree. */
  walkRows(tree: number, blocks: number, full: boolean): void;
  /** One row through every tree. */
  walkTrees(full: boolean): void;
  /** Adds the leaves of the first `rows` rows to their sums. */
  addRows(tree: number, rows: number): void;
  /** Adds the leaves of all trees to the first row's sums, in the order of the trees. */
  addTrees(): void;
}
