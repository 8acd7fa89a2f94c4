import type { ObliviousTrees } from './catboost-model.ts';
import { modelError } from './model-error.ts';
import type { Conditions } from './quantizer.ts';
import type { TreeEvaluator } from './tree-evaluator.ts';

/** A leaf is told by 31 bits. */
const MAX_LEVELS = 30;

/**
 * Walks rows through trees that have one condition per level: the answers are the bits of the leaf.
 *
 * Source: catboost/libs/model/cpu/evaluator_impl.cpp.
 */
export class ObliviousEvaluator implements TreeEvaluator {
  readonly count: number;
  readonly byteSize: number;
  readonly #sizes: Int32Array;
  readonly #columns: Int32Array;
  readonly #bins: Uint16Array;
  readonly #values: Float64Array;
  readonly #dimensions: number;
  #leaves = new Int32Array(1);

  /** @throws `ML_FORMAT_MALFORMED` for trees whose conditions or leaves do not match, `ML_FORMAT_LIMIT` */
  constructor({ sizes, splits, leafValues }: ObliviousTrees, conditions: Conditions, dimensions: number) {
    let levels = 0;
    let leaves = 0;
    for (const size of sizes) {
      if (size < 0) throw modelError('ML_FORMAT_MALFORMED', `a tree of ${size} levels`);
      if (size > MAX_LEVELS)
        throw modelError('ML_FORMAT_LIMIT', `a tree of ${size} levels; at most ${MAX_LEVELS} are possible`);
      levels += size;
      leaves += 2 ** size;
    }
    if (levels !== splits.length || leaves * dimensions !== leafValues.length) {
      throw modelError(
        'ML_FORMAT_MALFORMED',
        `${sizes.length} trees of ${levels} levels and ${leaves} leaves of ${dimensions} values have ${splits.length} conditions and ${leafValues.length} values`,
      );
    }
    const outside = splits.find((split) => !(split >= 0 && split < conditions.columns.length));
    if (outside !== undefined)
      throw modelError('ML_FORMAT_MALFORMED', `condition ${outside} of ${conditions.columns.length}`);
    this.count = sizes.length;
    this.#sizes = sizes;
    this.#columns = splits.map((split) => conditions.columns[split] as number);
    this.#bins = Uint16Array.from(splits, (split) => conditions.bins[split] as number);
    this.#values = leafValues;
    this.#dimensions = dimensions;
    this.byteSize = leafValues.byteLength + this.#columns.byteLength + this.#bins.byteLength + sizes.byteLength;
  }

  addTo(bins: Uint16Array, count: number, sums: Float64Array): void {
    const dimensions = this.#dimensions;
    const values = this.#values;
    let first = 0;
    this.#walk(bins, count, (leaves, _, size) => {
      if (dimensions === 1) {
        for (let row = 0; row < count; row++)
          sums[row] = (sums[row] as number) + (values[first + (leaves[row] as number)] as number);
      } else {
        for (let row = 0, at = 0; row < count; row++) {
          const start = first + (leaves[row] as number) * dimensions;
          for (let k = 0; k < dimensions; k++, at++) sums[at] = (sums[at] as number) + (values[start + k] as number);
        }
      }
      first += 2 ** size * dimensions;
    });
  }

  leaves(bins: Uint16Array, count: number, out: Float64Array): void {
    this.#walk(bins, count, (leaves, tree) => {
      for (let row = 0; row < count; row++) out[row * this.count + tree] = leaves[row] as number;
    });
  }

  #walk(bins: Uint16Array, count: number, take: (leaves: Int32Array, tree: number, size: number) => void): void {
    if (this.#leaves.length < count) this.#leaves = new Int32Array(count);
    const leaves = this.#leaves;
    const columns = this.#columns;
    const smallest = this.#bins;
    for (let tree = 0, split = 0; tree < this.count; tree++) {
      const size = this.#sizes[tree] as number;
      leaves.fill(0, 0, count);
      for (let level = 0; level < size; level++, split++) {
        const start = (columns[split] as number) * count;
        const below = (smallest[split] as number) - 1;
        // The sign of the difference is the answer: without a branch, which would be mispredicted half of the time.
        for (let row = 0; row < count; row++)
          leaves[row] = (leaves[row] as number) | (((below - (bins[start + row] as number)) >>> 31) << level);
      }
      take(leaves, tree, size);
    }
  }
}
