import { FormatError } from '../errors/format-error.ts';
import type { ForestSpec } from './forest-spec.ts';

/** Rows that walk together; a block of the input holds this many, feature by feature. */
export const LANES = 8;
/** Steps of one round of the kernel. */
export const STEPS = 2;
/** Bytes of one group of trees: a root per lane, then the number of rounds. */
export const GROUP_BYTES = 36;
/** Leaf numbers of the small layout are kept in the payload of a NaN. */
export const SMALL_LEAF_MASK = 0x3fffff;

const PAGE = 65_536;
const MAX_BYTES = 2 ** 31 - PAGE;
/** Bytes of input (or of output) that are handled at once: what stays in a core's own cache. */
const TILE_BYTES = 131_072;
const MAX_TILE_ROWS = 1024;

/**
 * Where everything lies in a forest's memory, in bytes. All of it is one buffer so that WebAssembly can work on it:
 *
 *     0  the float64 up to which a value counts as zero, where zero counts as missing
 *    16  a leaf that leads to itself, for lanes without a tree
 *    64  groups of eight trees, for one row; then columns, nodes, leaf values, bits of category splits
 *        and, where the kernel is WebAssembly, the input, leaf numbers and sums of one tile of rows
 *
 * A node of the `f32` layout has 8 bytes: a float32 threshold; the distance to its children in nodes, above `shift`
 * bits of which the lowest tells that missing values go left and the others hold four times the feature.
 * One of the `f64` layout has 16: a float64 threshold (or address and number of words of its categories), eight
 * times the feature plus flags, and the distance in bytes. The right child comes first, the left one after it,
 * so that a walk goes to `children + (x <= threshold)`. A leaf has the distance 0 and the threshold NaN, whose
 * payload is the number of the leaf: a walk that has arrived stays where it is.
 */
export interface Layout {
  readonly type: 'f32' | 'f64';
  readonly shift: number;
  readonly mask: number;
  readonly nodeBytes: number;
  readonly valueBytes: number;
  readonly groups: number;
  readonly columns: number;
  readonly nodes: number;
  readonly values: number;
  readonly bits: number;
  /** End of what belongs to the forest; the tile comes after it. */
  readonly end: number;
  readonly tileRows: number;
  readonly leafCount: number;
}

/** Bytes per input value. */
export function inputBytes(layout: Pick<Layout, 'type'>): number {
  return layout.type === 'f32' ? 4 : 8;
}

/** @throws `ML_FORMAT_LIMIT` for a forest beyond 2 GiB */
export function layOut(spec: ForestSpec): Layout {
  let slots = 0;
  let largest = 0;
  let leafCount = 0;
  for (const { nodes } of spec.trees) {
    slots += slotsOf(nodes);
    largest = Math.max(largest, nodes);
    leafCount += (nodes + 1) >> 1;
  }
  const shift = 2 + Math.max(1, Math.ceil(Math.log2(spec.features)));
  const small =
    spec.inputs === 'float32' && !spec.categoryWords && leafCount <= SMALL_LEAF_MASK && largest < 2 ** (32 - shift);
  const nodeBytes = small ? 8 : 16;
  const valueBytes = spec.sums === 'float64' ? 8 : 4;
  const columns = 64 + Math.ceil(spec.trees.length / LANES) * GROUP_BYTES;
  const nodes = align(columns + spec.trees.length * 4, 64);
  const values = align(nodes + slots * nodeBytes, 64);
  const bits = align(values + leafCount * spec.leafWidth * valueBytes, 16);
  const end = align(bits + (spec.categoryWords ?? 0) * 4, 64);
  const rowBytes = Math.max(spec.features * (small ? 4 : 8), spec.outputs * valueBytes);
  const fitting = Math.floor(TILE_BYTES / rowBytes / LANES) * LANES;
  if (!(end + rowBytes * LANES * 4 < MAX_BYTES)) {
    throw new FormatError(
      'ML_FORMAT_LIMIT',
      `${spec.className}: its trees take ${end} bytes, at most 2 GiB are possible`,
      {
        details: { bytes: end },
      },
    );
  }
  return {
    type: small ? 'f32' : 'f64',
    shift,
    mask: 2 ** shift - 4,
    nodeBytes,
    valueBytes,
    groups: 64,
    columns,
    nodes,
    values,
    bits,
    end,
    tileRows: Math.min(MAX_TILE_ROWS, Math.max(LANES, fitting)),
    leafCount,
  };
}

/** Node slots of a tree: one before the root, so that every pair of children begins at an even slot. */
export function slotsOf(nodes: number): number {
  return (nodes + 2) & ~1;
}

export function align(offset: number, to: number): number {
  return Math.ceil(offset / to) * to;
}

/** Whole pages of WebAssembly memory for so many bytes. */
export function pagesOf(bytes: number): number {
  return Math.ceil(bytes / PAGE);
}
