import type { BinBlock } from './bin-block.ts';
import type { ObliviousTrees } from './catboost-model.ts';
import { LeafFinder } from './leaf-finder.ts';
import { modelError } from './model-error.ts';
import type { Conditions } from './quantizer.ts';
import type { TreeEvaluator } from './tree-evaluator.ts';

/** A leaf is told by 31 bits. */
const MAX_LEVELS = 30;

/** Where a tree's conditions and values begin. */
interface Place {
  readonly split: number;
  readonly size: number;
  readonly first: number;
}

/**
 * Walks rows through trees that have one condition per level.
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
  readonly #finder: LeafFinder;

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
    this.#finder = new LeafFinder(this.#columns, this.#bins);
    this.#values = leafValues;
    this.#dimensions = dimensions;
    this.byteSize = leafValues.byteLength + this.#columns.byteLength + this.#bins.byteLength + sizes.byteLength;
  }

  addTo(block: BinBlock, sums: Float64Array): void {
    const dimensions = this.#dimensions;
    if (block.count === 1 && dimensions === 1) {
      sums[0] = this.#sumOfRow(block.data, sums[0] as number);
      return;
    }
    for (let tree = 0, split = 0, first = 0; tree < this.count; ) {
      const size = this.#sizes[tree] as number;
      if (dimensions === 1 && this.#fourFit(block, tree)) {
        this.#addFour(block, sums, { split, size, first });
        tree += 4;
        split += 4 * size;
        first += 4 * 2 ** size;
        continue;
      }
      this.#addLeaves(this.#finder.find(block, split, size), sums, { count: block.count, first });
      tree += 1;
      split += size;
      first += 2 ** size * dimensions;
    }
  }

  leaves(block: BinBlock, out: Float64Array): void {
    for (let tree = 0, split = 0; tree < this.count; tree++) {
      const size = this.#sizes[tree] as number;
      const leaves = this.#finder.find(block, split, size);
      for (let row = 0; row < block.count; row++) out[row * this.count + tree] = leaves[row] as number;
      split += size;
    }
  }

  /** Whether this tree and the next three have as many levels, and few enough for bytes. */
  #fourFit(block: BinBlock, tree: number): boolean {
    const sizes = this.#sizes;
    const size = sizes[tree] as number;
    return (
      this.#finder.fitsBytes(block, size) &&
      sizes[tree + 1] === size &&
      sizes[tree + 2] === size &&
      sizes[tree + 3] === size
    );
  }

  /** Four trees at once, so that a row's sum is read and written once; it is added up in their order all the same. */
  #addFour(block: BinBlock, sums: Float64Array, { split, size, first }: Place): void {
    const values = this.#values;
    const finder = this.#finder;
    const a = finder.findBytes(block, split, { size, slot: 0 });
    const b = finder.findBytes(block, split + size, { size, slot: 1 });
    const c = finder.findBytes(block, split + 2 * size, { size, slot: 2 });
    const d = finder.findBytes(block, split + 3 * size, { size, slot: 3 });
    const step = 1 << size;
    const second = first + step;
    const third = second + step;
    const fourth = third + step;
    for (let row = 0; row < block.count; row++) {
      sums[row] =
        (sums[row] as number) +
        (values[first + (a[row] as number)] as number) +
        (values[second + (b[row] as number)] as number) +
        (values[third + (c[row] as number)] as number) +
        (values[fourth + (d[row] as number)] as number);
    }
  }

  #addLeaves(
    leaves: Int32Array,
    sums: Float64Array,
    { count, first }: { readonly count: number; readonly first: number },
  ): void {
    const dimensions = this.#dimensions;
    const values = this.#values;
    for (let row = 0, at = 0; row < count; row++) {
      const start = first + (leaves[row] as number) * dimensions;
      for (let k = 0; k < dimensions; k++, at++) sums[at] = (sums[at] as number) + (values[start + k] as number);
    }
  }

  #sumOfRow(bins: ArrayLike<number>, start: number): number {
    const sizes = this.#sizes;
    const columns = this.#columns;
    const smallest = this.#bins;
    const values = this.#values;
    let sum = start;
    for (let tree = 0, split = 0, first = 0; tree < sizes.length; tree++) {
      const size = sizes[tree] as number;
      let leaf = 0;
      for (let level = 0; level < size; level++, split++)
        leaf |= (((smallest[split] as number) - 1 - (bins[columns[split] as number] as number)) >>> 31) << level;
      sum += values[first + leaf] as number;
      first += 1 << size;
    }
    return sum;
  }
}
