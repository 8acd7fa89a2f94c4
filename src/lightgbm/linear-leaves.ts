import type { DenseMatrix } from '../data/dataset.ts';
import { FormatError } from '../errors/format-error.ts';
import type { LinearLeaves, TreeText } from './tree-text.ts';

/** @throws `ML_FORMAT_MALFORMED` for a feature that there is not */
export function checkLinearLeaves(linear: LinearLeaves | undefined, features: number): void {
  const wrong = linear?.features.find((feature) => feature < 0 || feature >= features);
  if (wrong !== undefined) {
    throw new FormatError('ML_FORMAT_MALFORMED', `LightGBM model: a linear leaf uses feature ${wrong} of ${features}`);
  }
}

/** Rows in the leaves of linear trees. */
export interface LinearWalk {
  /** `[rows, trees]` */
  readonly leaves: Float64Array;
  readonly trees: readonly Pick<TreeText, 'linear' | 'leafValues'>[];
  readonly outputs: number;
}

/**
 * Adds what linear leaves compute, tree after tree. A row that misses one of a leaf's features gets the leaf's plain
 * value.
 *
 * Source: include/LightGBM/tree.h, `Tree::Predict`.
 */
export function addLinearLeaves(x: DenseMatrix, walk: LinearWalk, sums: Float64Array): void {
  const { leaves, trees, outputs } = walk;
  for (let row = 0; row < x.rows; row++) {
    for (const [t, tree] of trees.entries()) {
      const at = row * outputs + (t % outputs);
      sums[at] = (sums[at] as number) + leafOutput(tree, leaves[row * trees.length + t] as number, x, row);
    }
  }
}

function leafOutput(
  { linear, leafValues }: LinearWalk['trees'][number],
  leaf: number,
  x: DenseMatrix,
  row: number,
): number {
  if (linear === undefined) return leafValues[leaf] as number;
  let output = linear.constants[leaf] as number;
  for (let term = linear.starts[leaf] as number; term < (linear.starts[leaf + 1] as number); term++) {
    const value = x.data[row * x.cols + (linear.features[term] as number)] as number;
    if (Number.isNaN(value)) return leafValues[leaf] as number;
    output += (linear.coefficients[term] as number) * value;
  }
  return output;
}
