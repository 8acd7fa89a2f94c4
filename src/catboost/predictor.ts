import { type Dataset, DenseMatrix } from '../data/dataset.ts';
import { BinBlock } from './bin-block.ts';
import type { CatboostModel } from './catboost-model.ts';
import { featureLayout } from './feature-layout.ts';
import { modelError } from './model-error.ts';
import { type ModelInfo, readModelInfo } from './model-info.ts';
import { ObliviousEvaluator } from './oblivious-evaluator.ts';
import { Quantizer } from './quantizer.ts';
import { RowReader } from './row-values.ts';
import { StepEvaluator } from './step-evaluator.ts';
import type { TreeEvaluator } from './tree-evaluator.ts';

/** Rows that are walked together: enough to make it worth while, few enough for the processor's nearest cache. */
const BLOCK = 512;
/** Bins of a block: models with very many conditions take fewer rows at a time. */
const MAX_BINS = 2 ** 22;
const MAX_COLUMNS = 2 ** 22;

/** A model ready to compute raw values, in float64 and in CatBoost's order. */
export class Predictor {
  readonly info: ModelInfo;
  /** Values per row. */
  readonly dimensions: number;
  readonly features: number;
  readonly featureNames: readonly string[] | undefined;
  readonly optionalFeatures: ReadonlySet<string>;
  readonly byteSize: number;
  readonly #reader: RowReader;
  readonly #quantizer: Quantizer;
  readonly #trees: TreeEvaluator;
  readonly #scale: number;
  readonly #bias: Float64Array;
  readonly #blockRows: number;
  readonly #block: BinBlock;

  /**
   * @param className named in errors
   * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
   */
  constructor(model: CatboostModel, className: string) {
    const { dimensions, bias, scale } = model;
    if (!(Number.isInteger(dimensions) && dimensions >= 1) || dimensions !== bias.length || !Number.isFinite(scale))
      throw modelError(
        'ML_FORMAT_MALFORMED',
        `${dimensions} values per row have ${bias.length} biases and the scale ${scale}`,
      );
    const { width, names, optional } = featureLayout(model);
    this.info = readModelInfo(model);
    this.dimensions = dimensions;
    this.features = width;
    this.featureNames = names;
    this.optionalFeatures = optional;
    this.#reader = new RowReader(model, { className, width, names });
    this.#quantizer = new Quantizer(model);
    const { columns, conditions } = this.#quantizer;
    if (columns > MAX_COLUMNS)
      throw modelError('ML_FORMAT_LIMIT', `${columns} columns of bins; at most ${MAX_COLUMNS} are possible`);
    this.#trees =
      model.trees.kind === 'oblivious'
        ? new ObliviousEvaluator(model.trees, conditions, dimensions)
        : new StepEvaluator(model.trees, conditions, dimensions);
    this.#block = new BinBlock(columns, this.#quantizer.largestBin > 255);
    this.#scale = scale;
    this.#bias = bias;
    this.#blockRows = Math.max(1, Math.min(BLOCK, Math.floor(MAX_BINS / Math.max(1, columns))));
    this.byteSize = this.#trees.byteSize + this.#quantizer.byteSize;
  }

  /** Raw values, `[rows, dimensions]`. */
  raw(x: Dataset): Float64Array {
    const sums = new Float64Array(x.rows * this.dimensions);
    this.#blocks(x, (start, count) => {
      this.#trees.addTo(this.#block, sums.subarray(start * this.dimensions, (start + count) * this.dimensions));
    });
    this.#scaleAndShift(sums);
    return sums;
  }

  /** Index of the leaf in every tree, `[rows, trees]`. */
  leaves(x: Dataset): DenseMatrix {
    const { count: trees } = this.#trees;
    const out = new DenseMatrix(x.rows, trees);
    this.#blocks(x, (start, count) => {
      this.#trees.leaves(this.#block, out.data.subarray(start * trees, (start + count) * trees));
    });
    return out;
  }

  #blocks(x: Dataset, work: (start: number, count: number) => void): void {
    const rows = this.#reader.read(x);
    for (let start = 0; start < rows.rows; start += this.#blockRows) {
      const count = Math.min(this.#blockRows, rows.rows - start);
      this.#quantizer.fill(rows, { start, count }, this.#block);
      work(start, count);
    }
  }

  #scaleAndShift(sums: Float64Array): void {
    const scale = this.#scale;
    const bias = this.#bias;
    if (scale === 1 && bias.every((value) => value === 0)) return;
    const dimensions = this.dimensions;
    for (let at = 0, k = 0; at < sums.length; at++) {
      sums[at] = scale * (sums[at] as number) + (bias[k] as number);
      k = k + 1 === dimensions ? 0 : k + 1;
    }
  }
}
