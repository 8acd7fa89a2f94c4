import type { Kernel, KernelForest } from './kernel.ts';
import { LANES, SMALL_LEAF_MASK } from './layout.ts';
import { AS_BYTE, CATEGORICAL, MISSING_LEFT, OUTSIDE_LEFT, ZERO_MISSING } from './pack-forest.ts';

/** Shared by all forests of a thread: what is in it lasts for one call. */
let scratch = new ArrayBuffer(0);

/** The kernel in TypeScript: for few trees, and where WebAssembly is not to be had. */
export class JsKernel implements Kernel {
  readonly #forest: KernelForest;
  #buffer: ArrayBuffer | undefined;
  #x: Float32Array | Float64Array = new Float32Array(0);
  #leaves = new Int32Array(0);
  #sums: Float64Array | Float32Array = new Float64Array(0);

  constructor(forest: KernelForest) {
    this.#forest = forest;
  }

  get x(): Float32Array | Float64Array {
    this.#prepare();
    return this.#x;
  }

  get leaves(): Int32Array {
    this.#prepare();
    return this.#leaves;
  }

  get sums(): Float64Array | Float32Array {
    this.#prepare();
    return this.#sums;
  }

  /** Views of the scratch memory, made again where it was replaced by a larger one. */
  #prepare(): void {
    if (this.#buffer === scratch) return;
    const { features, outputs, roots, layout } = this.#forest;
    const { type, tileRows, valueBytes } = layout;
    const leafSlots = Math.max(tileRows, roots.length);
    const sumsAt = tileRows * features * 8;
    const leavesAt = sumsAt + tileRows * outputs * 8;
    const end = leavesAt + leafSlots * 4;
    if (scratch.byteLength < end) scratch = new ArrayBuffer(end);
    const buffer = scratch;
    const [values, sums] = [tileRows * features, tileRows * outputs];
    this.#buffer = buffer;
    this.#x = type === 'f32' ? new Float32Array(buffer, 0, values) : new Float64Array(buffer, 0, values);
    this.#sums = valueBytes === 8 ? new Float64Array(buffer, sumsAt, sums) : new Float32Array(buffer, sumsAt, sums);
    this.#leaves = new Int32Array(buffer, leavesAt, leafSlots);
  }

  walkRows(tree: number, blocks: number): void {
    const { x, leaves } = this;
    const root = this.#forest.roots[tree] as number;
    const blockLength = LANES * this.#forest.features;
    for (let row = 0; row < blocks * LANES; row++) {
      const base = (row >> 3) * blockLength + (row & 7);
      leaves[row] = this.#walk(root, x, base, LANES);
    }
  }

  walkTrees(): void {
    const { x, leaves } = this;
    const { roots } = this.#forest;
    for (let tree = 0; tree < roots.length; tree++) leaves[tree] = this.#walk(roots[tree] as number, x, 0, 1);
  }

  addRows(tree: number, rows: number): void {
    const { leaves, sums } = this;
    const { outputs } = this.#forest;
    for (let row = 0; row < rows; row++) this.#add(sums, row * outputs + this.#column(tree), leaves[row] as number);
  }

  addTrees(): void {
    const { leaves, sums } = this;
    for (let tree = 0; tree < this.#forest.roots.length; tree++) {
      this.#add(sums, this.#column(tree), leaves[tree] as number);
    }
  }

  #column(tree: number): number {
    const { layout, views } = this.#forest;
    return (views.words[layout.columns / 4 + tree] as number) / layout.valueBytes;
  }

  #add(sums: Float64Array | Float32Array, to: number, leaf: number): void {
    const { leafWidth, layout, views } = this.#forest;
    const values = layout.valueBytes === 8 ? views.doubles : views.singles;
    const from = layout.values / layout.valueBytes + leaf * leafWidth;
    for (let k = 0; k < leafWidth; k++) sums[to + k] = (sums[to + k] as number) + (values[from + k] as number);
  }

  /** The value of a feature is `x[base + feature * stride]`. */
  // oxlint-disable-next-line max-params -- the innermost loop: an object per walk would cost more than the walk.
  #walk(root: number, x: Float32Array | Float64Array, base: number, stride: number): number {
    return this.#forest.layout.type === 'f32'
      ? this.#walkSmall(root, x, base, stride)
      : this.#walkLarge(root, x, base, stride);
  }

  // oxlint-disable-next-line max-params -- as above.
  #walkSmall(root: number, x: Float32Array | Float64Array, base: number, stride: number): number {
    const { layout, views } = this.#forest;
    const { words, singles } = views;
    const { shift, mask } = layout;
    let at = root >> 2;
    for (;;) {
      const word = words[at + 1] as number;
      const distance = word >>> shift;
      if (distance === 0) return (words[at] as number) & SMALL_LEAF_MASK;
      const value = x[base + ((word & mask) >> 2) * stride] as number;
      const left = value <= (singles[at] as number) || (Number.isNaN(value) && (word & MISSING_LEFT) !== 0);
      at += (distance + (left ? 1 : 0)) << 1;
    }
  }

  // oxlint-disable-next-line max-params -- as above.
  #walkLarge(root: number, x: Float32Array | Float64Array, base: number, stride: number): number {
    const { words, doubles } = this.#forest.views;
    let at = root >> 2;
    for (;;) {
      const distance = words[at + 3] as number;
      if (distance === 0) return words[at] as number;
      const word = words[at + 2] as number;
      const value = x[base + (word >>> 3) * stride] as number;
      const left =
        (word & (CATEGORICAL | ZERO_MISSING)) === 0
          ? value <= (doubles[at >> 1] as number) || (Number.isNaN(value) && (word & MISSING_LEFT) !== 0)
          : this.#special(at, value, word);
      at += (distance >> 2) + (left ? 4 : 0);
    }
  }

  #special(at: number, value: number, flags: number): boolean {
    const { words, doubles } = this.#forest.views;
    const missingLeft = (flags & MISSING_LEFT) !== 0;
    if (Number.isNaN(value)) return missingLeft;
    if ((flags & ZERO_MISSING) !== 0) {
      return Math.abs(value) <= (doubles[0] as number) ? missingLeft : value <= (doubles[at >> 1] as number);
    }
    const length = words[at + 1] as number;
    let category = Math.trunc(value);
    if ((length & AS_BYTE) !== 0) {
      if (value < 0) return missingLeft;
      category = value >= 2 ** 31 ? 0 : category & 255;
    }
    if (category < 0 || category >= (length & 0xffffff) * 32) return (length & OUTSIDE_LEFT) !== 0;
    return (((words[((words[at] as number) >> 2) + (category >> 5)] as number) >>> (category & 31)) & 1) === 1;
  }
}
