import type { CategorySplit, ForestSpec, TreeNodes } from '../../src/kernel/forest-spec.ts';

/** A generator of numbers in [0, 1) that gives the same ones for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Shape {
  readonly trees: number;
  readonly depth: number;
  readonly features: number;
  readonly leafWidth?: number;
  readonly outputs?: number;
  readonly inputs?: 'float32' | 'float64';
  readonly rule?: 'le' | 'lt';
  readonly sums?: 'float64' | 'float32';
  /** Categories and zeros that count as missing. */
  readonly special?: boolean;
  /** How likely a node above the last level is a leaf. */
  readonly early?: number;
}

/** Values that thresholds and rows share, so that ties are frequent. */
export const VALUES: readonly number[] = [
  -Infinity,
  -1e300,
  -3.5,
  -1,
  -0.1,
  -1e-40,
  -0,
  0,
  1e-36,
  0.1,
  Math.fround(0.1),
  0.30000000000000004,
  1,
  2,
  255,
  256,
  300,
  1e9,
  4e9,
  3.4028234663852886e38,
  Infinity,
];

/** A tree as plain arrays, grown at random. */
export function randomTree(next: () => number, shape: Shape): TreeNodes & { readonly left: Int32Array } {
  const left: number[] = [];
  const right: number[] = [];
  const feature: number[] = [];
  const threshold: number[] = [];
  const missing: number[] = [];
  const zero: number[] = [];
  const values: number[] = [];
  const categories = new Map<number, CategorySplit>();
  const width = shape.leafWidth ?? 1;
  const grow = (depth: number): number => {
    const node = left.length;
    left.push(-1);
    right.push(-1);
    feature.push(Math.floor(next() * shape.features));
    const picked = VALUES[1 + Math.floor(next() * (VALUES.length - 2))] as number;
    const exact = next() < 0.5 ? picked : (next() - 0.5) * 4;
    threshold.push(shape.rule === 'lt' ? Math.fround(exact) : exact);
    missing.push(next() < 0.5 ? 1 : 0);
    zero.push(shape.special && next() < 0.2 ? 1 : 0);
    for (let k = 0; k < width; k++) values.push(next() * 2 - 1);
    if (shape.special && next() < 0.3) {
      categories.set(node, {
        words: Uint32Array.from({ length: 1 + Math.floor(next() * 9) }, () => next() * 4294967296),
        outsideLeft: next() < 0.5,
        asByte: next() < 0.5,
      });
    }
    if (depth < shape.depth && next() >= (shape.early ?? 0.1)) {
      left[node] = grow(depth + 1);
      right[node] = grow(depth + 1);
    }
    return node;
  };
  grow(0);
  return {
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    missingLeft: missing,
    ...(shape.special && { zeroMissing: zero, categories: (node: number) => categories.get(node) }),
    values: Float64Array.from(values),
  };
}

/** A forest of such trees. */
export function randomForest(seed: number, shape: Shape): { readonly spec: ForestSpec; readonly trees: TreeNodes[] } {
  const next = random(seed);
  const trees = Array.from({ length: shape.trees }, () => randomTree(next, shape));
  const width = shape.leafWidth ?? 1;
  const outputs = shape.outputs ?? width;
  let words = 0;
  for (const tree of trees) {
    for (let node = 0; node < tree.left.length; node++) words += tree.categories?.(node)?.words.length ?? 0;
  }
  const spec: ForestSpec = {
    className: 'test.Forest',
    features: shape.features,
    inputs: shape.inputs ?? 'float32',
    rule: shape.rule ?? 'le',
    leafWidth: width,
    outputs,
    sums: shape.sums ?? 'float64',
    trees: trees.map((tree, i) => ({ nodes: tree.left.length, column: i % (outputs - width + 1) })),
    categoryWords: words,
    accepts: 'any',
    read: (tree) => trees[tree] as TreeNodes,
  };
  return { spec, trees };
}

/** Rows that hit thresholds, NaN and infinities often. */
export function randomRows(seed: number, rows: number, features: number): Float64Array {
  const next = random(seed);
  return Float64Array.from({ length: rows * features }, () => {
    const kind = next();
    if (kind < 0.1) return Number.NaN;
    if (kind < 0.6) return VALUES[Math.floor(next() * VALUES.length)] as number;
    return (next() - 0.5) * 6;
  });
}

/** What a walk must find, by the definition alone. */
export function leafByDefinition(tree: TreeNodes, row: Float64Array, spec: ForestSpec): number {
  let node = 0;
  while ((tree.left[node] as number) >= 0) {
    const raw = row[tree.feature[node] as number] as number;
    const x = spec.inputs === 'float32' ? Math.fround(raw) : raw;
    node = (goesLeft(tree, node, x, spec) ? tree.left[node] : tree.right[node]) as number;
  }
  return node;
}

// oxlint-disable-next-line max-params -- a definition in one place.
function goesLeft(tree: TreeNodes, node: number, x: number, spec: ForestSpec): boolean {
  const missing = tree.missingLeft?.[node] !== 0;
  if (Number.isNaN(x)) return missing;
  const split = tree.categories?.(node);
  const threshold = tree.threshold[node] as number;
  if (split === undefined) {
    if (tree.zeroMissing?.[node] && Math.abs(x) <= Math.fround(1e-35)) return missing;
    return spec.rule === 'lt' ? x < threshold : x <= threshold;
  }
  let category = BigInt(Number.isFinite(x) ? Math.trunc(x) : x > 0 ? 2 ** 40 : -(2 ** 40));
  if (split.asByte) {
    if (x < 0) return missing;
    category = category >= 2n ** 31n ? 0n : category & 255n;
  }
  if (category < 0n || category >= BigInt(split.words.length * 32)) return split.outsideLeft;
  const word = split.words[Number(category >> 5n)] as number;
  return ((BigInt(word) >> (category & 31n)) & 1n) === 1n;
}
