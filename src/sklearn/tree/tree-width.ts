import type { EstimatorState } from '../base/estimator-state.ts';

/** Features of a fitted tree: from its attributes, or what its `Tree` was made for. */
export function treeWidth(state: EstimatorState): number {
  const width = state.width ?? state.part('tree_').node.args[0];
  if (typeof width !== 'number' || !Number.isInteger(width) || width < 1) {
    throw state.unsupported(`a tree over ${typeof width === 'number' ? width : 'an unknown number of'} features`);
  }
  return width;
}
