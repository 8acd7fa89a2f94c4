import type { BinBlock } from './bin-block.ts';

/** The highest bit of each of the four bytes of a word. */
const HIGH_BITS = 0x8080_8080 | 0;
const EACH_BYTE = 0x0101_0101;
/** A byte tells the leaf of a tree of so many levels. */
const BYTE_LEVELS = 8;

/**
 * Finds the leaves of a block's rows in trees with one condition per level, whose answers are the bits of the leaf.
 */
export class LeafFinder {
  /** Column and smallest bin of every condition. */
  readonly #columns: Int32Array;
  readonly #bins: Uint16Array;
  #wide = new Int32Array(0);
  #bytes: readonly Uint8Array[] = [];
  #words: readonly Int32Array[] = [];

  constructor(columns: Int32Array, bins: Uint16Array) {
    this.#columns = columns;
    this.#bins = bins;
  }

  /** Whether `findBytes` can be asked for a tree of `size` levels. */
  fitsBytes({ words, count }: BinBlock, size: number): boolean {
    return size <= BYTE_LEVELS && count > 1 && words.length > 0;
  }

  /**
   * The leaf of each row in a tree of `size` levels whose conditions begin at `split`, four rows compared at once.
   *
   * @param slot which of four results is overwritten
   */
  findBytes(
    block: BinBlock,
    split: number,
    { size, slot }: { readonly size: number; readonly slot: number },
  ): Uint8Array {
    const { stride } = block;
    if ((this.#bytes[slot]?.length ?? 0) < stride) {
      this.#bytes = Array.from({ length: 4 }, () => new Uint8Array(stride));
      this.#words = this.#bytes.map((bytes) => new Int32Array(bytes.buffer));
    }
    const leaves = this.#words[slot] as Int32Array;
    leaves.fill(0, 0, stride >> 2);
    for (let level = 0; level < size; level++) this.#addLevel(block, leaves, { split: split + level, level });
    return this.#bytes[slot] as Uint8Array;
  }

  /** The same for trees of any size and bins of any width, row by row. */
  find({ data, stride, count }: BinBlock, split: number, size: number): Int32Array {
    if (this.#wide.length < count) this.#wide = new Int32Array(count);
    const leaves = this.#wide;
    leaves.fill(0, 0, count);
    for (let level = 0; level < size; level++) {
      const start = (this.#columns[split + level] as number) * stride;
      const below = (this.#bins[split + level] as number) - 1;
      // The sign of the difference is the answer: without a branch, which would be mispredicted half of the time.
      for (let row = 0; row < count; row++)
        leaves[row] = (leaves[row] as number) | (((below - (data[start + row] as number)) >>> 31) << level);
    }
    return leaves;
  }

  /** Sets bit `level` of each leaf whose row's bin is at least that of the condition. */
  #addLevel(
    { words, stride }: BinBlock,
    leaves: Int32Array,
    { split, level }: { readonly split: number; readonly level: number },
  ): void {
    const start = ((this.#columns[split] as number) * stride) >> 2;
    const end = stride >> 2;
    const bin = this.#bins[split] as number;
    // Bytes are compared without their highest bits, which cannot borrow from each other then, and by those.
    const low = Math.imul(bin & 0x7f, EACH_BYTE);
    const shift = BYTE_LEVELS - 1 - level;
    if (bin < 0x80) {
      for (let i = 0; i < end; i++) {
        const word = words[start + i] as number;
        leaves[i] = (leaves[i] as number) | (((word | (((word | HIGH_BITS) - low) | 0)) & HIGH_BITS) >>> shift);
      }
      return;
    }
    for (let i = 0; i < end; i++) {
      const word = words[start + i] as number;
      leaves[i] = (leaves[i] as number) | ((word & (((word | HIGH_BITS) - low) | 0) & HIGH_BITS) >>> shift);
    }
  }
}
