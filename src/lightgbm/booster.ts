import { type Dataset, DenseMatrix, toDense } from '../data/dataset.ts';
import { Forest } from '../kernel/forest.ts';
import { checkWidth } from '../sklearn/base/columns.ts';
import { BoosterInput } from './booster-input.ts';
import type { BoosterModel } from './booster-model.ts';
import { addLinearLeaves, checkLinearLeaves } from './linear-leaves.ts';
import { applyObjective, type Objective } from './objectives.ts';
import type { TreeText } from './tree-text.ts';

/** How a booster is used. */
export interface BoosterUse {
  /** Named in errors. */
  readonly className: string;
  /** Iterations that count, as early stopping chose them; 0 for all. */
  readonly iterations: number;
}

/** A booster ready to compute, in float64 and in LightGBM's order. */
export class Booster {
  readonly objective: Objective;
  readonly features: number;
  readonly featureNames: readonly string[] | undefined;
  readonly outputs: number;
  readonly #className: string;
  readonly #input: BoosterInput;
  readonly #forest: Forest | undefined;
  /** Number of inner nodes of every tree. */
  readonly #inner: Int32Array;
  readonly #linear: readonly Pick<TreeText, 'linear' | 'leafValues'>[] | undefined;
  /** What sums are divided by. */
  readonly #divisor: number;

  /** @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT` */
  constructor(model: BoosterModel, use: BoosterUse) {
    const { outputs, features } = model;
    const count = use.iterations > 0 ? use.iterations * outputs : model.trees.length;
    const trees = model.trees.slice(0, count);
    this.objective = model.objective;
    this.features = features;
    // Without names of its own LightGBM calls the features Column_0, Column_1, ...
    const named =
      model.featureNames.length === features && model.featureNames.some((name, i) => name !== `Column_${i}`);
    this.featureNames = named ? model.featureNames : undefined;
    this.outputs = outputs;
    this.#className = use.className;
    this.#input = new BoosterInput(model);
    this.#inner = Int32Array.from(trees, ({ inner }) => inner);
    this.#divisor = model.averages ? Math.max(1, Math.floor(trees.length / outputs)) : 1;
    if (trees.some(({ linear }) => linear !== undefined)) {
      this.#linear = trees.map(({ linear, leafValues }) => ({ linear, leafValues }));
      for (const tree of trees) checkLinearLeaves(tree.linear, features);
    }
    this.#forest = trees.length === 0 ? undefined : buildForest(trees, model, use.className);
  }

  get byteSize(): number {
    return this.#forest?.byteSize ?? 0;
  }

  /** Raw scores, `[rows, outputs]`; sums, also where predictions are averages. */
  scores(x: Dataset): Float64Array {
    const rows = this.#read(x);
    const sums = new Float64Array(rows.rows * this.outputs);
    const forest = this.#forest;
    if (this.#linear === undefined) forest?.addTo(rows, sums);
    else
      addLinearLeaves(
        toDense(rows),
        { leaves: this.#leafIndices(rows), trees: this.#linear, outputs: this.outputs },
        sums,
      );
    return sums;
  }

  /** Scores through the objective, averaged before that where the model is a random forest; `[rows, outputs]`. */
  values(x: Dataset): Float64Array {
    const scores = this.scores(x);
    const divisor = this.#divisor;
    if (divisor !== 1) for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] as number) / divisor;
    applyObjective(scores, this.outputs, this.objective);
    return scores;
  }

  /** Index of the leaf in every tree, `[rows, trees]`. */
  leaves(x: Dataset): DenseMatrix {
    const rows = this.#read(x);
    return new DenseMatrix(rows.rows, this.#inner.length, this.#leafIndices(rows));
  }

  #read(x: Dataset): Dataset {
    checkWidth(x, this.features, this.#className);
    return this.#input.read(x);
  }

  #leafIndices(rows: Dataset): Float64Array {
    const forest = this.#forest;
    if (forest === undefined) return new Float64Array(0);
    const trees = this.#inner.length;
    return Float64Array.from(
      forest.leaves(rows),
      (leaf, at) => (forest.leafNodes[leaf] as number) - (this.#inner[at % trees] as number),
    );
  }
}

function buildForest(trees: readonly TreeText[], { features, outputs }: BoosterModel, className: string): Forest {
  return Forest.build({
    className,
    features,
    inputs: 'float64',
    rule: 'le',
    leafWidth: 1,
    outputs,
    sums: 'float64',
    accepts: 'any',
    trees: trees.map(({ inner, leaves }, i) => ({ nodes: inner + leaves, column: i % outputs })),
    categoryWords: trees.reduce((sum, tree) => sum + tree.categoryWords, 0),
    read: (i) => (trees[i] as TreeText).read(),
  });
}
