import type { CategorySplit, TreeNodes } from '../kernel/forest-spec.ts';
import type { TextBlock } from './model-text.ts';

const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
/** Missing types, from the third bit of the decision type on. */
const MISSING_ZERO = 1;
const MISSING_NAN = 2;

/** What the leaves of a linear tree compute: a constant plus coefficients times features. */
export interface LinearLeaves {
  readonly constants: Float64Array;
  /** Terms of leaf `i` are `starts[i]` to `starts[i + 1]`. */
  readonly starts: Int32Array;
  readonly features: Int32Array;
  readonly coefficients: Float64Array;
}

/** One tree. Its inner nodes come first, then its leaves in their order. */
export interface TreeText {
  /** Inner nodes: the node of leaf `i` is `inner + i`. */
  readonly inner: number;
  readonly leaves: number;
  readonly categoryWords: number;
  readonly leafValues: Float64Array;
  readonly linear: LinearLeaves | undefined;
  read(): TreeNodes;
}

/**
 * One tree of a model file.
 *
 * Source: src/io/tree.cpp, `Tree::Tree(const char*)`; include/LightGBM/tree.h, `NumericalDecision`, `CategoricalDecision`.
 *
 * @throws `ML_FORMAT_MALFORMED`
 */
export function readTreeText(block: TextBlock): TreeText {
  const leaves = block.count('num_leaves');
  if (leaves < 1) throw block.malformed('has no leaves');
  const inner = leaves - 1;
  const leafValues = block.doubles('leaf_value', leaves);
  const linear = block.has('is_linear') && block.count('is_linear') === 1 ? linearLeaves(block, leaves) : undefined;
  const categorical = inner > 0 && block.count('num_cat') > 0;
  return {
    inner,
    leaves,
    categoryWords: categorical ? categoryRanges(block).words.length : 0,
    leafValues,
    linear,
    read: () => (inner === 0 ? singleLeaf(leafValues) : readNodes(block, leafValues, categorical)),
  };
}

function singleLeaf(values: Float64Array): TreeNodes {
  const leaf = Int32Array.of(-1);
  return { left: leaf, right: leaf, feature: leaf, threshold: values, values };
}

function readNodes(block: TextBlock, leafValues: Float64Array, categorical: boolean): TreeNodes {
  const leaves = leafValues.length;
  const inner = leaves - 1;
  const count = inner + leaves;
  const threshold = block.doubles('threshold', inner);
  const types = block.ints('decision_type', inner);
  const missingLeft = new Uint8Array(count);
  const zeroMissing = new Uint8Array(count);
  for (let node = 0; node < inner; node++) {
    const type = types[node] as number;
    // Categories that are missing go right.
    if ((type & CATEGORICAL) !== 0) continue;
    const missing = (type >> 2) & 3;
    zeroMissing[node] = missing === MISSING_ZERO ? 1 : 0;
    // Where NaN is not expected it counts as zero.
    const left =
      missing === MISSING_NAN || missing === MISSING_ZERO
        ? (type & DEFAULT_LEFT) !== 0
        : (threshold[node] as number) >= 0;
    missingLeft[node] = left ? 1 : 0;
  }
  const values = new Float64Array(count);
  values.set(leafValues, inner);
  return {
    left: children(block, 'left_child', leaves),
    right: children(block, 'right_child', leaves),
    feature: padded(block.ints('split_feature', inner), count),
    threshold: padded(threshold, count),
    missingLeft,
    zeroMissing,
    categories: categorical ? categorySplits(block, types, threshold) : undefined,
    values,
  };
}

/** Children by node: negative numbers name leaves, from -1 on. */
function children(block: TextBlock, key: string, leaves: number): Int32Array {
  const inner = leaves - 1;
  const source = block.ints(key, inner);
  const out = new Int32Array(inner + leaves).fill(-1);
  for (let node = 0; node < inner; node++) {
    const child = source[node] as number;
    // A child of an inner node may not be negative any more: that would make a leaf of its parent.
    out[node] = child >= 0 ? (child < inner ? child : inner + leaves) : inner + ~child;
  }
  return out;
}

function padded<T extends Int32Array | Float64Array>(values: T, length: number): T {
  const out = (values instanceof Int32Array ? new Int32Array(length) : new Float64Array(length)) as T;
  out.set(values);
  return out;
}

function categoryRanges(block: TextBlock): { readonly starts: Int32Array; readonly words: Uint32Array } {
  const count = block.count('num_cat');
  const starts = block.ints('cat_boundaries', count + 1);
  const words = Uint32Array.from(block.doubles('cat_threshold'));
  for (let i = 0; i <= count; i++) {
    const start = starts[i] as number;
    if (start < (i === 0 ? 0 : (starts[i - 1] as number)) || start > words.length)
      throw block.malformed('has cat_boundaries that are no boundaries');
  }
  return { starts, words };
}

/** The threshold of a categorical split is the index of its set of categories. */
function categorySplits(block: TextBlock, types: Int32Array, threshold: Float64Array): TreeNodes['categories'] {
  const { starts, words } = categoryRanges(block);
  const used = new Set<number>();
  return (node): CategorySplit | undefined => {
    if (((types[node] ?? 0) & CATEGORICAL) === 0) return undefined;
    const index = threshold[node] as number;
    const start = starts[index];
    const end = starts[index + 1];
    // Each set belongs to one split, so that all of them together take no more room than the file says.
    if (start === undefined || end === undefined || used.has(index))
      throw block.malformed(`has no categories of its own for node ${node}`);
    used.add(index);
    return { words: words.subarray(start, end), outsideLeft: false, asByte: false };
  };
}

function linearLeaves(block: TextBlock, leaves: number): LinearLeaves {
  const constants = block.doubles('leaf_const', leaves);
  const counts = block.ints('num_features', leaves);
  const starts = new Int32Array(leaves + 1);
  for (let i = 0; i < leaves; i++) {
    if ((counts[i] as number) < 0) throw block.malformed('has a negative number of features');
    starts[i + 1] = (starts[i] as number) + (counts[i] as number);
  }
  const terms = starts[leaves] as number;
  return {
    constants,
    starts,
    features: block.ints('leaf_features', terms),
    coefficients: block.doubles('leaf_coeff', terms),
  };
}
