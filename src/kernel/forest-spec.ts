/** The nodes of one tree as a framework stores them; node 0 is the root. */
export interface TreeNodes {
  /** Index of the left child; negative in a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: ArrayLike<number>;
  /** Other than 0 where a missing value goes left. Absent: it goes right. */
  readonly missingLeft?: ArrayLike<number> | undefined;
  /** Other than 0 where zero counts as missing, too. Only for float64 inputs. */
  readonly zeroMissing?: ArrayLike<number> | undefined;
  /** The split of a node into categories, or `undefined` where it compares with the threshold. Only for float64 inputs. */
  readonly categories?: ((node: number) => CategorySplit | undefined) | undefined;
  /** `[nodes, leafWidth]`; only the rows of leaves are read. */
  readonly values: ArrayLike<number>;
}

/** A split by category: the value's integer part `k` goes left if bit `k` is set. */
export interface CategorySplit {
  /** Bit `k` is `words[k >> 5] >> (k & 31) & 1`. */
  readonly words: Uint32Array;
  /** Where integers without a bit go. */
  readonly outsideLeft: boolean;
  /** Negative values are missing, and of others only the lowest 8 bits count, as in a C cast to `uint8`. */
  readonly asByte: boolean;
}

/** All that `Forest.build` needs. Trees are read one at a time, so that their sources can be dropped. */
export interface ForestSpec {
  /** Named in errors, e.g. `sklearn.ensemble.RandomForestClassifier`. */
  readonly className: string;
  readonly features: number;
  /** What a value is rounded to before it is compared. */
  readonly inputs: 'float32' | 'float64';
  /** Left if `x <= threshold`, or if `x < threshold` (then the thresholds must be float32). */
  readonly rule: 'le' | 'lt';
  /** Values per leaf. */
  readonly leafWidth: number;
  /** Values per row of the result. */
  readonly outputs: number;
  /** Precision in which the leaves are stored and added up, tree after tree. */
  readonly sums: 'float64' | 'float32';
  /** Number of nodes of every tree, and the first column of the result that its leaves add to. */
  readonly trees: readonly { readonly nodes: number; readonly column: number }[];
  /** Words of all `CategorySplit`s together; default 0. */
  readonly categoryWords?: number;
  /** Which rows are refused, as scikit-learn does: after rounding. */
  readonly accepts: Accepts;
  read(tree: number): TreeNodes;
}

/** `finite`: neither NaN nor infinities; `nan`: NaN, no infinities; `any`: all values. */
export type Accepts = 'finite' | 'nan' | 'any';
