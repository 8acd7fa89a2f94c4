/** A numeric feature: a value's bin is how many borders it is above. */
export interface FloatFeature {
  /** Position among the numeric features; conditions name it by this. */
  readonly index: number;
  /** Column of the rows. */
  readonly flatIndex: number;
  /** Ascending. */
  readonly borders: Float32Array;
  readonly name: string;
  /** What NaN counts as: above no border or above all. */
  readonly nanAboveAll: boolean;
}

/** A categorical feature. */
export interface CatFeature {
  /** Position among the categorical features. */
  readonly index: number;
  readonly flatIndex: number;
  readonly name: string;
}

/** Conditions "the category has this hash". */
export interface OneHotFeature {
  /** Index of the categorical feature. */
  readonly index: number;
  /** Hashes, signed. */
  readonly values: Int32Array;
}

/** Categories and conditions that are hashed together. */
export interface Combination {
  /** Indices of categorical features. */
  readonly categories: Int32Array;
  readonly floatSplits: readonly { readonly index: number; readonly border: number }[];
  readonly oneHotSplits: readonly { readonly index: number; readonly value: number }[];
}

export type CtrType =
  | 'Borders'
  | 'Buckets'
  | 'BinarizedTargetMeanValue'
  | 'FloatTargetMeanValue'
  | 'Counter'
  | 'FeatureFreq';

/** What a table of target statistics is about. */
export interface CtrBase {
  readonly combination: Combination;
  readonly type: CtrType;
  /** Which of several binarisations of the target it counts by. */
  readonly classifier: number;
}

/** A feature computed from target statistics, and its borders. */
export interface CtrFeature {
  readonly base: CtrBase;
  readonly targetBorder: number;
  readonly priorNumerator: number;
  readonly priorDenominator: number;
  readonly shift: number;
  readonly scale: number;
  readonly borders: Float32Array;
}

/** A table of target statistics as a file has it. */
export interface CtrTableSource {
  readonly base: CtrBase;
  /** Hashes of combinations in two halves, and the index that each has in the values. */
  readonly hashes: { readonly high: Uint32Array; readonly low: Uint32Array; readonly index: Uint32Array };
  /** Counts per class and index; sum and count per index for means. */
  readonly values: Int32Array | Float64Array;
  readonly denominator: number;
  readonly classes: number;
}

/** Trees with the same condition at every node of a level. */
export interface ObliviousTrees {
  readonly kind: 'oblivious';
  /** Levels of every tree. */
  readonly sizes: Int32Array;
  /** Conditions of all trees, one after another. */
  readonly splits: Int32Array;
  /** `[leaves, dimensions]` of all trees, one after another; the first condition is the lowest bit of the leaf. */
  readonly leafValues: Float64Array;
}

/** Trees of nodes that each have a condition of their own. */
export interface StepTrees {
  readonly kind: 'steps';
  /** Nodes of every tree. */
  readonly sizes: Int32Array;
  readonly splits: Int32Array;
  /** How far it is to the child on the left and on the right, `[nodes, 2]`; 0 ends there. */
  readonly steps: Uint16Array | Uint32Array;
  /** Where the values of a node that is an end begin. */
  readonly leafOffsets: Uint32Array;
  readonly leafValues: Float64Array;
}

/**
 * A model file as it is. Conditions are numbered: the borders of all numeric features, then the values of all one-hot
 * features, then the borders of all features of target statistics.
 */
export interface CatboostModel {
  /** Values per row. */
  readonly dimensions: number;
  readonly scale: number;
  /** One per dimension. */
  readonly bias: Float64Array;
  readonly floatFeatures: readonly FloatFeature[];
  readonly catFeatures: readonly CatFeature[];
  readonly oneHotFeatures: readonly OneHotFeature[];
  readonly ctrFeatures: readonly CtrFeature[];
  readonly ctrTables: readonly CtrTableSource[];
  readonly trees: ObliviousTrees | StepTrees;
  /** Texts about training, some of them JSON. */
  readonly info: ReadonlyMap<string, string>;
}
