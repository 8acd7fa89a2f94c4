import { DenseMatrix } from '../../data/dataset.ts';
import type { PyValue } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { nearestRows } from '../base/pairwise-distances.ts';
import { kMeans } from './nearest-center.ts';

/** A leaf has a label; another node two centers, and the numbers of the nodes below them. */
type TreeNode = { readonly label: number } | { readonly centers: DenseMatrix; readonly children: [number, number] };

/**
 * From the root down to the child with the nearer center (the left one of equals) until a leaf; centers are stored
 * relative to `_X_mean`. `transform` gives the distance to every center.
 *
 * Source: sklearn/cluster/_bisect_k_means.py, `_predict_recursive`.
 */
export function bisectingKMeans(state: EstimatorState): Estimator {
  const base = kMeans(state);
  const width = state.matrix('cluster_centers_').cols;
  const nodes = readTree(state, width);
  const { className } = state;
  return {
    ...base,
    predict(x) {
      const dense = finiteInput(x, width, className);
      return Int32Array.from({ length: x.rows }, (_, i) => {
        const row = new DenseMatrix(1, width, dense.data.subarray(i * width, (i + 1) * width));
        let node = nodes[0] as TreeNode;
        while ('centers' in node) node = nodes[node.children[nearestRows(row, node.centers)[0] as 0 | 1]] as TreeNode;
        return node.label;
      });
    },
  };
}

function readTree(state: EstimatorState, width: number): TreeNode[] {
  const mean = state.optionalVector('_X_mean');
  const open: EstimatorState[] = [state.part('_bisecting_tree')];
  const seen = new Set<PyValue>();
  const nodes: TreeNode[] = [];
  // Nodes are numbered in the order in which they are met, so that children come after their parent.
  for (let at = 0; at < open.length; at++) {
    const part = open[at] as EstimatorState;
    if (seen.has(part.node)) throw state.unsupported('a tree whose nodes are shared');
    seen.add(part.node);
    if (!part.has('left')) {
      nodes.push({ label: part.number('label') });
      continue;
    }
    const children = [part.part('left'), part.part('right')];
    const centers = new DenseMatrix(2, width);
    for (const [k, child] of children.entries()) {
      const center = child.vector('center');
      if (center.length !== width) throw state.unsupported('a tree of another width');
      for (let j = 0; j < width; j++) centers.data[k * width + j] = (center[j] as number) + (mean?.[j] ?? 0);
    }
    nodes.push({ centers, children: [open.length, open.length + 1] });
    open.push(...children);
  }
  return nodes;
}
