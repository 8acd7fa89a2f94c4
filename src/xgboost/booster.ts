import { type Dataset, DenseMatrix } from '../data/dataset.ts';
import { FormatError } from '../errors/format-error.ts';
import { Forest } from '../kernel/forest.ts';
import type { BoosterModel, LinearBooster, TreeBooster, TreeSource } from './booster-model.ts';
import { BoosterInput } from './booster-input.ts';
import { linearMargins } from './linear-margins.ts';
import { baseMargins, before, type Objective, objectiveOf } from './objectives.ts';

/** Words of category splits: 256 MiB. */
const MAX_CATEGORY_WORDS = 2 ** 26;
const MAX_FEATURES = 2 ** 24;
/** Outputs of a model without trees. */
const MAX_EMPTY_OUTPUTS = 10_000;

/** How a booster is used. */
export interface BoosterUse {
  /** Named in errors. */
  readonly className: string;
  /** The number that counts as missing besides NaN; NaN for none. */
  readonly missing: number;
  /** Whether to predict as the scikit-learn wrappers do: up to the best round of early stopping, and in place. */
  readonly asWrapper: boolean;
}

/** A booster ready to compute, in float32 and in the order of XGBoost's own additions. */
export class Booster {
  readonly objective: Objective;
  readonly objectiveName: string;
  readonly features: number;
  readonly outputs: number;
  readonly classes: number;
  readonly featureNames: readonly string[] | undefined;
  readonly #input: BoosterInput;
  readonly #base: Float32Array;
  /** Whether the trees are summed before the base score is added. */
  readonly #addsBaseLast: boolean;
  readonly #forest: Forest | undefined;
  readonly #leafForest: Forest | undefined;
  readonly #weights: Float32Array | undefined;

  /** @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT` */
  constructor(model: BoosterModel, use: BoosterUse) {
    const { booster, features } = model;
    if (features > MAX_FEATURES) {
      throw new FormatError(
        'ML_FORMAT_LIMIT',
        `XGBoost model: ${features} features; at most ${MAX_FEATURES} are possible`,
      );
    }
    this.objective = objectiveOf(model);
    this.objectiveName = model.objective;
    this.features = features;
    this.outputs = model.outputs;
    this.classes = model.classes;
    this.featureNames = model.featureNames?.length === features ? model.featureNames : undefined;
    this.#base = baseMargins(model);
    this.#addsBaseLast = sumsTreesFirst(model);
    this.#input = new BoosterInput(model, use.className, use.missing);
    if (booster.kind === 'gblinear') this.#weights = checkedWeights(booster, model);
    else {
      this.#forest = buildForest(booster, model, use);
      // Before 1.4 the wrappers' apply() went through all trees.
      const all = before(model.version, 1, 4) && this.#forest?.trees !== booster.trees.length;
      this.#leafForest = all ? buildForest(booster, model, { ...use, asWrapper: false }) : this.#forest;
    }
  }

  /** Whether there are leaves to ask for. */
  get hasTrees(): boolean {
    return this.#weights === undefined;
  }

  get byteSize(): number {
    return this.#forest?.byteSize ?? this.#weights?.byteLength ?? 0;
  }

  /** `[rows, outputs]` before the link. */
  margins(x: Dataset): Float32Array {
    const rows = this.#input.read(x);
    const { outputs } = this;
    const sums = new Float32Array(rows.rows * outputs);
    if (!this.#addsBaseLast) this.#addBase(sums);
    if (this.#weights !== undefined) linearMargins(rows, this.#weights, sums);
    else this.#forest?.addTo(rows, sums);
    if (this.#addsBaseLast) this.#addBase(sums);
    return sums;
  }

  #addBase(sums: Float32Array): void {
    for (let at = 0; at < sums.length; at++)
      sums[at] = (sums[at] as number) + (this.#base[at % this.outputs] as number);
  }

  /** Index of the leaf in every tree, `[rows, trees]`. */
  leaves(x: Dataset): DenseMatrix {
    const rows = this.#input.read(x);
    const forest = this.#leafForest;
    if (forest === undefined) return new DenseMatrix(rows.rows, 0);
    const nodes = Float64Array.from(forest.leaves(rows), (leaf) => forest.leafNodes[leaf] as number);
    return new DenseMatrix(rows.rows, forest.trees, nodes);
  }
}

/** The order of versions before 1.3; dart kept it until 1.4. */
function sumsTreesFirst({ booster, version }: BoosterModel): boolean {
  return booster.kind !== 'gblinear' && before(version, 1, booster.kind === 'dart' ? 4 : 3);
}

function checkedWeights({ weights }: LinearBooster, { features, outputs }: BoosterModel): Float32Array {
  const expected = (features + 1) * outputs;
  if (weights.length === expected) return weights;
  throw new FormatError(
    'ML_FORMAT_MALFORMED',
    `XGBoost model: gblinear has ${weights.length} weights, ${expected} are needed`,
  );
}

/** Every output has a tree or a value in every leaf, so that a few bytes cannot ask for results of any size. */
function checkOutputs({ trees, leafWidth }: TreeBooster, outputs: number): void {
  if (leafWidth === outputs || outputs <= (trees.length === 0 ? MAX_EMPTY_OUTPUTS : trees.length)) return;
  throw new FormatError('ML_FORMAT_MALFORMED', `XGBoost model: ${trees.length} trees for ${outputs} outputs`);
}

/** `undefined` for a booster without trees. */
function buildForest(booster: TreeBooster, model: BoosterModel, use: BoosterUse): Forest | undefined {
  const { weights, leafWidth } = booster;
  if (weights !== undefined && weights.length !== booster.trees.length) {
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `XGBoost model: ${booster.trees.length} trees and ${weights.length} weights`,
    );
  }
  checkOutputs(booster, model.outputs);
  const trees = use.asWrapper ? booster.trees.slice(0, bestTrees(booster, model)) : booster.trees;
  if (trees.length === 0) return undefined;
  const bases = baseMargins(model);
  const inPlace = use.asWrapper && !before(model.version, 1, 4);
  const categoryWords = trees.reduce((sum, tree) => sum + tree.categoryWords, 0);
  if (categoryWords > MAX_CATEGORY_WORDS) {
    throw new FormatError('ML_FORMAT_LIMIT', `XGBoost model: its category splits take ${categoryWords * 4} bytes`);
  }
  return Forest.build({
    className: use.className,
    features: model.features,
    inputs: 'float32',
    rule: 'lt',
    leafWidth,
    outputs: model.outputs,
    sums: 'float32',
    accepts: 'any',
    trees: trees.map(({ nodes, group }) => ({ nodes, column: group })),
    categoryWords,
    read: (i) => {
      const nodes = (trees[i] as TreeSource).read();
      const weight = weights?.[i];
      if (weight === undefined) return nodes;
      const { group } = trees[i] as TreeSource;
      const base = (k: number): number => (inPlace ? (bases[group + (k % leafWidth)] as number) : 0);
      return { ...nodes, values: weighted(nodes.values, weight, base) };
    },
  });
}

/**
 * Leaves of a dart tree times its weight. The wrappers predict in place, where each tree first gets the base score
 * added and then taken away again, each time rounded to float32 (from 1.4 on).
 *
 * Source: src/gbm/gbtree.cc, `Dart::InplacePredict`.
 */
function weighted(values: ArrayLike<number>, weight: number, base: (value: number) => number): Float32Array {
  return Float32Array.from(values, (value, k) => Math.fround(Math.fround(value + base(k)) - base(k)) * weight);
}

/** The number of trees up to the best round of early stopping; all of them without it. */
function bestTrees(
  { trees, rounds, parallelTrees, leafWidth }: TreeBooster,
  { attributes, outputs }: BoosterModel,
): number {
  const groups = leafWidth === 1 ? outputs : 1;
  const limit = countIn(attributes.get('best_ntree_limit'));
  if (rounds === undefined && limit !== undefined) return Math.min(trees.length, limit * groups);
  const best = countIn(attributes.get('best_iteration'));
  if (best === undefined) return trees.length;
  const count = rounds === undefined ? (best + 1) * (parallelTrees ?? 1) * groups : rounds[best + 1];
  return Math.max(0, Math.min(trees.length, count ?? trees.length));
}

function countIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
