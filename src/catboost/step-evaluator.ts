import type { BinBlock } from './bin-block.ts';
import type { StepTrees } from './catboost-model.ts';
import { modelError } from './model-error.ts';
import type { Conditions } from './quantizer.ts';
import type { TreeEvaluator } from './tree-evaluator.ts';

/**
 * Walks rows through trees whose nodes say how far on the next one is.
 *
 * Source: catboost/libs/model/cpu/evaluator_impl.cpp, `CalcNonSymmetricTreesSingle`.
 */
export class StepEvaluator implements TreeEvaluator {
  readonly count: number;
  readonly byteSize: number;
  readonly #trees: StepTrees;
  /** First node of every tree, and its smallest leaf offset. */
  readonly #starts: Int32Array;
  readonly #firstLeaves: Uint32Array;
  readonly #columns: Int32Array;
  readonly #bins: Uint16Array;
  readonly #dimensions: number;

  /** @throws `ML_FORMAT_MALFORMED` for trees that are none */
  constructor(trees: StepTrees, conditions: Conditions, dimensions: number) {
    const { sizes, splits, steps, leafOffsets } = trees;
    const nodes = sizes.reduce((sum, size) => sum + size, 0);
    if (splits.length !== nodes || steps.length !== 2 * nodes || leafOffsets.length !== nodes) {
      throw modelError(
        'ML_FORMAT_MALFORMED',
        `${sizes.length} trees of ${nodes} nodes have ${splits.length} conditions, ${steps.length / 2} steps and ${leafOffsets.length} leaves`,
      );
    }
    this.count = sizes.length;
    this.#trees = trees;
    this.#dimensions = dimensions;
    this.#starts = new Int32Array(sizes.length);
    this.#firstLeaves = new Uint32Array(sizes.length);
    this.#columns = new Int32Array(nodes);
    this.#bins = new Uint16Array(nodes);
    let start = 0;
    for (const [tree, size] of sizes.entries()) {
      if (size < 1) throw modelError('ML_FORMAT_MALFORMED', `a tree of ${size} nodes`);
      this.#starts[tree] = start;
      let firstLeaf = Infinity;
      for (let node = start; node < start + size; node++) {
        firstLeaf = Math.min(firstLeaf, this.#checkNode(node, start + size));
        this.#setCondition(node, conditions);
      }
      this.#firstLeaves[tree] = firstLeaf;
      start += size;
    }
    this.byteSize =
      trees.leafValues.byteLength +
      steps.byteLength +
      leafOffsets.byteLength +
      this.#columns.byteLength +
      this.#bins.byteLength;
  }

  addTo(block: BinBlock, sums: Float64Array): void {
    const { count } = block;
    const dimensions = this.#dimensions;
    const { leafOffsets, leafValues } = this.#trees;
    for (let tree = 0; tree < this.count; tree++) {
      for (let row = 0, at = 0; row < count; row++) {
        const start = leafOffsets[this.#endOf(tree, row, block)] as number;
        for (let k = 0; k < dimensions; k++, at++) sums[at] = (sums[at] as number) + (leafValues[start + k] as number);
      }
    }
  }

  leaves(block: BinBlock, out: Float64Array): void {
    const { count } = block;
    const { leafOffsets } = this.#trees;
    for (let tree = 0; tree < this.count; tree++) {
      const first = this.#firstLeaves[tree] as number;
      for (let row = 0; row < count; row++) {
        const offset = leafOffsets[this.#endOf(tree, row, block)] as number;
        out[row * this.count + tree] = (offset - first) / this.#dimensions;
      }
    }
  }

  /** The node at which a row ends. */
  #endOf(tree: number, row: number, { data, stride }: BinBlock): number {
    const { steps } = this.#trees;
    const columns = this.#columns;
    const bins = this.#bins;
    let node = this.#starts[tree] as number;
    for (;;) {
      const right = (data[(columns[node] as number) * stride + row] as number) >= (bins[node] as number);
      const step = steps[2 * node + (right ? 1 : 0)] as number;
      if (step === 0) return node;
      node += step;
    }
  }

  /** @returns where the values of a node that is an end begin, infinity for others */
  #checkNode(node: number, end: number): number {
    const { steps, leafOffsets, leafValues } = this.#trees;
    const left = steps[2 * node] as number;
    const right = steps[2 * node + 1] as number;
    // Steps only lead on, so that every walk ends.
    if (node + Math.max(left, right) >= end)
      throw modelError('ML_FORMAT_MALFORMED', `node ${node} leads out of its tree`);
    if (left > 0 && right > 0) return Infinity;
    const offset = leafOffsets[node] as number;
    if (offset % this.#dimensions !== 0 || offset + this.#dimensions > leafValues.length)
      throw modelError('ML_FORMAT_MALFORMED', `the values of node ${node} begin at ${offset} of ${leafValues.length}`);
    return offset;
  }

  #setCondition(node: number, { columns, bins }: Conditions): void {
    const { steps, splits } = this.#trees;
    const split = splits[node] as number;
    if (split >= 0 && split < columns.length) {
      this.#columns[node] = columns[split] as number;
      this.#bins[node] = bins[split] as number;
    } else if (steps[2 * node] !== 0 || steps[2 * node + 1] !== 0) {
      throw modelError('ML_FORMAT_MALFORMED', `condition ${split} of ${columns.length} at node ${node}`);
    }
  }
}
