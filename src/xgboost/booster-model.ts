import type { TreeNodes } from '../kernel/forest-spec.ts';

/** A booster as its file describes it, whichever of the formats the file is in. */
export interface BoosterModel {
  /** `0.0` for the binary format before 1.0. */
  readonly version: { readonly major: number; readonly minor: number };
  readonly objective: string;
  /** One value, or one per output. In the objective's space: a probability, a mean. */
  readonly baseScore: Float32Array;
  /** Set where the base score is a margin already, as in the binary format before 1.0. */
  readonly baseIsMargin: boolean;
  readonly features: number;
  /** 0 unless the objective knows several classes. */
  readonly classes: number;
  /** Values per row before and after the link: classes, targets or 1. */
  readonly outputs: number;
  readonly featureNames: readonly string[] | undefined;
  /** `c` is categorical. */
  readonly featureTypes: readonly string[];
  /** Category values of each feature (3.1 on); `undefined` for a numeric feature. */
  readonly categories: readonly (CategoryValues | undefined)[];
  /** What Python stored with the model, such as `best_iteration`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly booster: TreeBooster | LinearBooster;
}

/** A category's code is its index. */
export type CategoryValues = readonly (string | number)[];

/** Trees in the order in which they are added. */
export interface TreeBooster {
  readonly kind: 'gbtree' | 'dart';
  readonly trees: readonly TreeSource[];
  /** Values per leaf: 1, or the number of outputs for trees with vector leaves. */
  readonly leafWidth: number;
  /** Weight of every tree of a dart booster. */
  readonly weights: Float32Array | undefined;
  /** Index of the first tree of every boosting round, and at the end the number of trees. */
  readonly rounds: Int32Array | undefined;
  /** Trees per round and output, where the file has no `rounds`; `undefined` where it does not say that either. */
  readonly parallelTrees: number | undefined;
}

/** One tree, read when it is needed. */
export interface TreeSource {
  readonly nodes: number;
  /** Output that its leaves add to. */
  readonly group: number;
  /** Words of all its category splits. */
  readonly categoryWords: number;
  read(): TreeNodes;
}

/** `weights[feature * outputs + output]`; after the features come the biases. */
export interface LinearBooster {
  readonly kind: 'gblinear';
  readonly weights: Float32Array;
}
