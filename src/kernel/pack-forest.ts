import { FormatError } from '../errors/format-error.ts';
import { below, floorToFloat32 } from './float-steps.ts';
import type { CategorySplit, ForestSpec, TreeNodes } from './forest-spec.ts';
import { GROUP_BYTES, LANES, type Layout, STEPS, slotsOf } from './layout.ts';

/** Up to here a value is zero where zero counts as missing: LightGBM's `kZeroThreshold`, a float32. */
const ZERO = Math.fround(1e-35);
const F32_NAN = 0x7fc00000;
const F64_NAN_HIGH = 0x7ff80000;

export const MISSING_LEFT = 1;
export const CATEGORICAL = 2;
export const ZERO_MISSING = 4;
export const OUTSIDE_LEFT = 0x80000000;
export const AS_BYTE = 0x40000000;

/** Views of one buffer. */
export interface Views {
  readonly words: Uint32Array;
  readonly singles: Float32Array;
  readonly doubles: Float64Array;
}

export function viewsOf(buffer: ArrayBuffer): Views {
  return { words: new Uint32Array(buffer), singles: new Float32Array(buffer), doubles: new Float64Array(buffer) };
}

/** What is known of the trees besides their memory. */
export interface PackedTrees {
  /** Address of the root of every tree. */
  readonly roots: Int32Array;
  /** Rounds until every walk through the tree has arrived. */
  readonly rounds: Int32Array;
  /** The framework's index of the node of every leaf, by leaf number. */
  readonly leafNodes: Int32Array;
  /** Whether any split is no plain comparison. */
  readonly special: boolean;
}

/**
 * Writes trees into memory as `layout` says, level by level. One step per tree, so that a large forest need not be
 * written in one go.
 *
 * @throws `ML_FORMAT_MALFORMED` for children that are out of range or reached twice, or a feature out of range
 */
export function* packForest(spec: ForestSpec, layout: Layout, views: Views): Generator<void, PackedTrees> {
  const packer = new ForestPacker(spec, layout, views);
  for (let tree = 0; tree < spec.trees.length; tree++) {
    packer.add(tree);
    yield;
  }
  return packer.finish();
}

class ForestPacker {
  readonly #spec: ForestSpec;
  readonly #layout: Layout;
  readonly #views: Views;
  readonly #roots: Int32Array;
  readonly #rounds: Int32Array;
  readonly #leafNodes: Int32Array;
  #order = new Int32Array(0);
  #seen = new Uint8Array(0);
  #slot = 0;
  #leaf = 0;
  #bits: number;
  #special = false;

  constructor(spec: ForestSpec, layout: Layout, views: Views) {
    this.#spec = spec;
    this.#layout = layout;
    this.#views = views;
    this.#roots = new Int32Array(spec.trees.length);
    this.#rounds = new Int32Array(spec.trees.length);
    this.#leafNodes = new Int32Array(layout.leafCount);
    this.#bits = layout.bits;
    views.doubles[0] = ZERO;
    this.#writeLeaf(16, 0);
  }

  /** Walks the tree level by level; iterative, and every node at most once, whatever the indices say. */
  add(tree: number): void {
    const nodes = this.#spec.read(tree);
    const { nodes: count = 0, column = 0 } = this.#spec.trees[tree] ?? {};
    if (count < 1 || nodes.left.length !== count) throw this.#malformed(tree, `has ${count} nodes`);
    if (this.#order.length < count) this.#order = new Int32Array(count);
    if (this.#seen.length < count) this.#seen = new Uint8Array(count);
    else this.#seen.fill(0, 0, count);
    const { nodeBytes } = this.#layout;
    const order = this.#order;
    const base = this.#layout.nodes + (this.#slot + 1) * nodeBytes;
    order[0] = 0;
    this.#seen[0] = 1;
    let tail = 1;
    let levels = 0;
    let levelEnd = 1;
    for (let head = 0; head < tail; head++) {
      if (head === levelEnd) {
        levels += 1;
        levelEnd = tail;
      }
      const node = order[head] as number;
      const address = base + head * nodeBytes;
      if ((nodes.left[node] as number) < 0) {
        this.#copyLeaf(nodes, node);
        this.#writeLeaf(address, this.#leaf++);
        continue;
      }
      order[tail] = this.#child(tree, nodes.right[node] as number, count);
      order[tail + 1] = this.#child(tree, nodes.left[node] as number, count);
      this.#writeSplit(address, { tree, nodes, node, distance: tail - head });
      tail += 2;
    }
    this.#roots[tree] = base;
    this.#rounds[tree] = Math.ceil(levels / STEPS);
    this.#views.words[this.#layout.columns / 4 + tree] = column * this.#layout.valueBytes;
    this.#slot += slotsOf(count);
  }

  finish(): PackedTrees {
    const { words } = this.#views;
    const trees = this.#roots.length;
    for (let first = 0; first < trees; first += LANES) {
      const group = (this.#layout.groups + (first / LANES) * GROUP_BYTES) / 4;
      let rounds = 0;
      for (let lane = 0; lane < LANES; lane++) {
        words[group + lane] = first + lane < trees ? (this.#roots[first + lane] as number) : 16;
        rounds = Math.max(rounds, this.#rounds[first + lane] ?? 0);
      }
      words[group + LANES] = rounds;
    }
    return {
      roots: this.#roots,
      rounds: this.#rounds,
      leafNodes: this.#leafNodes.subarray(0, this.#leaf),
      special: this.#special,
    };
  }

  #child(tree: number, child: number, count: number): number {
    if (!(child >= 0 && child < count)) throw this.#malformed(tree, `has ${count} nodes and refers to node ${child}`);
    if (this.#seen[child] !== 0) throw this.#malformed(tree, `reaches node ${child} twice`);
    this.#seen[child] = 1;
    return child;
  }

  #copyLeaf(nodes: TreeNodes, node: number): void {
    const { leafWidth } = this.#spec;
    const { valueBytes, values } = this.#layout;
    const target = valueBytes === 8 ? this.#views.doubles : this.#views.singles;
    const at = values / valueBytes + this.#leaf * leafWidth;
    for (let k = 0; k < leafWidth; k++) target[at + k] = nodes.values[node * leafWidth + k] as number;
    this.#leafNodes[this.#leaf] = node;
  }

  #writeLeaf(address: number, leaf: number): void {
    const { words } = this.#views;
    const at = address / 4;
    if (this.#layout.type === 'f32') {
      words[at] = F32_NAN | leaf;
      words[at + 1] = 0;
    } else {
      words[at] = leaf;
      words[at + 1] = F64_NAN_HIGH;
      words[at + 2] = 0;
      words[at + 3] = 0;
    }
  }

  #writeSplit(
    address: number,
    split: { readonly tree: number; readonly nodes: TreeNodes; readonly node: number; readonly distance: number },
  ): void {
    const { tree, nodes, node, distance } = split;
    const feature = nodes.feature[node] as number;
    if (!(feature >= 0 && feature < this.#spec.features)) {
      throw this.#malformed(tree, `splits feature ${feature} of ${this.#spec.features}`);
    }
    const { words, singles, doubles } = this.#views;
    const { type, shift } = this.#layout;
    const threshold = this.#threshold(nodes.threshold[node] as number);
    const missing = nodes.missingLeft?.[node] ? MISSING_LEFT : 0;
    if (type === 'f32') {
      singles[address / 4] = threshold;
      words[address / 4 + 1] = ((distance << shift) | (feature << 2) | missing) >>> 0;
      return;
    }
    const category = nodes.categories?.(node);
    const zero = nodes.zeroMissing?.[node] ? ZERO_MISSING : 0;
    if (category === undefined) doubles[address / 8] = threshold;
    else this.#writeCategories(address, category);
    if (category !== undefined || zero !== 0) this.#special = true;
    const flags = missing | (category === undefined ? zero : CATEGORICAL);
    words[address / 4 + 2] = ((feature << 3) | flags) >>> 0;
    words[address / 4 + 3] = distance * 16;
  }

  #threshold(value: number): number {
    if (this.#spec.rule === 'lt') return below(value);
    return this.#layout.type === 'f32' ? floorToFloat32(value) : value;
  }

  #writeCategories(address: number, split: CategorySplit): void {
    const { words } = this.#views;
    if (this.#bits + split.words.length * 4 > this.#layout.end) {
      throw new FormatError('ML_FORMAT_MALFORMED', `${this.#spec.className}: more category splits than declared`);
    }
    words.set(split.words, this.#bits / 4);
    words[address / 4] = this.#bits;
    words[address / 4 + 1] =
      (split.words.length | (split.outsideLeft ? OUTSIDE_LEFT : 0) | (split.asByte ? AS_BYTE : 0)) >>> 0;
    this.#bits += split.words.length * 4;
  }

  #malformed(tree: number, what: string): FormatError {
    return new FormatError('ML_FORMAT_MALFORMED', `${this.#spec.className}: tree ${tree} ${what}`, {
      details: { class: this.#spec.className, tree },
    });
  }
}
