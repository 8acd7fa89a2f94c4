import type { NdArray } from '../../formats/npy/nd-array.ts';
import type { TreeNodes } from '../../kernel/forest-spec.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { NodeFields } from './node-fields.ts';

/** The part of a tree that a walk needs. */
export type Splits = Omit<TreeNodes, 'values'>;

/**
 * The `sklearn.tree._tree.Tree` inside a fitted tree estimator: a row goes left where `float32(x) <= threshold`
 * (a float64). Since 1.3 a missing value goes where `missing_go_to_left` says.
 *
 * Source: sklearn/tree/_tree.pyx, `Tree._apply_dense`, `Tree.__getstate__`.
 */
export class SklearnTree {
  readonly count: number;
  /** Outputs of the model. */
  readonly outputs: number;
  /** Values per output and node: the largest number of classes, or 1. */
  readonly stride: number;
  readonly #fields: NodeFields;
  readonly #values: NdArray;

  /** Reads `tree_` of an estimator, without its nodes. */
  constructor(estimator: EstimatorState) {
    const tree = estimator.part('tree_');
    this.#fields = new NodeFields(tree, tree.ndarray('nodes'));
    this.#values = tree.ndarray('values');
    this.count = this.#fields.count;
    const [nodes, outputs = 0, stride = 0] = this.#values.shape;
    if (this.#values.ndim !== 3 || nodes !== this.count || outputs < 1 || stride < 1) {
      throw tree.unsupported(`a tree of ${this.count} nodes with values of shape (${this.#values.shape.join(', ')})`);
    }
    this.outputs = outputs;
    this.stride = stride;
  }

  splits(): Splits {
    const fields = this.#fields;
    return {
      left: fields.ints('left_child'),
      right: fields.ints('right_child'),
      feature: fields.ints('feature'),
      threshold: fields.doubles('threshold'),
      missingLeft: fields.has('missing_go_to_left') ? fields.flags('missing_go_to_left') : undefined,
    };
  }

  /** `[nodes, outputs, stride]`; do not write into it. */
  values(): Float64Array {
    return this.#values.toFloat64Array();
  }

  /** Training rows in every node. */
  samples(): Int32Array {
    return this.#fields.ints('n_node_samples');
  }
}
