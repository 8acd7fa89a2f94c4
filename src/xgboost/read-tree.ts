import { FormatError } from '../errors/format-error.ts';
import type { CategorySplit, TreeNodes } from '../kernel/forest-spec.ts';
import type { TreeSource } from './booster-model.ts';
import type { Document } from './document.ts';

/** XGBoost's own bound on category codes. */
const MAX_CATEGORY = 2 ** 24;

/** How the trees of a booster are shaped. */
export interface TreeShape {
  readonly group: number;
  readonly leafWidth: number;
}

/**
 * One tree of a model document.
 *
 * Source: src/tree/tree_model.cc, `RegTree::LoadModel`; src/tree/multi_target_tree_model.cc.
 */
export function readTree(tree: Document, shape: TreeShape): TreeSource {
  const left = tree.ints('left_children');
  const nodes = left.length;
  return {
    nodes,
    group: shape.group,
    categoryWords: categoriesOf(tree).words,
    read: () => {
      const right = tree.ints('right_children');
      const feature = tree.ints('split_indices');
      const conditions = tree.numbers('split_conditions');
      const missingLeft = tree.numbers('default_left');
      for (const [name, array] of Object.entries({ right, feature, conditions, missingLeft })) {
        if (array.length !== nodes) throw malformed(tree, `has ${nodes} nodes and ${array.length} values of ${name}`);
      }
      return {
        left,
        right,
        feature,
        // A model document has the shortest decimals of its float32 numbers.
        threshold: Float32Array.from(conditions),
        missingLeft,
        categories: categoriesOf(tree).split,
        values:
          shape.leafWidth === 1 ? Float32Array.from(conditions) : vectorLeaves(tree, { left, right }, shape.leafWidth),
      };
    },
  };
}

/** Leaf vectors, `[nodes, width]`: from 3.1 on they have an array of their own, to which the right child points. */
function vectorLeaves(tree: Document, nodes: Pick<TreeNodes, 'left' | 'right'>, width: number): Float32Array {
  const { left, right } = nodes;
  const separate = tree.has('leaf_weights');
  const weights = tree.numbers(separate ? 'leaf_weights' : 'base_weights');
  const out = new Float32Array(left.length * width);
  for (let node = 0; node < left.length; node++) {
    if ((left[node] as number) >= 0) continue;
    const from = (separate ? (right[node] as number) : node) * width;
    if (from < 0 || from + width > weights.length) throw malformed(tree, `has no values for the leaf ${node}`);
    for (let k = 0; k < width; k++) out[node * width + k] = weights[from + k] as number;
  }
  return out;
}

interface Categories {
  readonly words: number;
  readonly split: TreeNodes['categories'];
}

/** Splits by category: the listed codes go right, all others (and what is no code) left. */
function categoriesOf(tree: Document): Categories {
  if (!tree.has('categories_nodes')) return { words: 0, split: undefined };
  const nodes = tree.ints('categories_nodes');
  if (nodes.length === 0) return { words: 0, split: undefined };
  const codes = tree.ints('categories');
  const starts = tree.ints('categories_segments');
  const sizes = tree.ints('categories_sizes');
  const ranges = new Map<number, { readonly codes: Int32Array; readonly length: number }>();
  let words = 0;
  for (const [i, node] of nodes.entries()) {
    const start = starts[i] ?? -1;
    const size = sizes[i] ?? -1;
    if (start < 0 || size < 0 || start + size > codes.length)
      throw malformed(tree, `has no categories for its split ${i}`);
    const part = codes.subarray(start, start + size);
    const highest = part.reduce((a, b) => Math.max(a, b), 0);
    if (part.some((code) => code < 0) || highest >= MAX_CATEGORY)
      throw malformed(tree, `has a category code outside of 0 to ${MAX_CATEGORY}`);
    const length = (highest >> 5) + 1;
    words += length;
    ranges.set(node, { codes: part, length });
  }
  const split = (node: number): CategorySplit | undefined => {
    const range = ranges.get(node);
    if (range === undefined) return undefined;
    const bits = new Uint32Array(range.length).fill(0xffffffff);
    for (const code of range.codes) bits[code >> 5] = (bits[code >> 5] as number) & ~(1 << (code & 31));
    return { words: bits, outsideLeft: true, asByte: false };
  };
  return { words, split };
}

function malformed(tree: Document, what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `XGBoost model: the tree at ${tree.path} ${what}`, {
    details: { path: tree.path },
  });
}
