import type { BinBlock } from './bin-block.ts';
import { BorderSearch } from './border-search.ts';
import type { CatboostModel, FloatFeature } from './catboost-model.ts';
import { CtrFeatures } from './ctr-features.ts';
import { modelError } from './model-error.ts';
import type { RowValues } from './row-values.ts';

/** A bin is kept in 16 bits. */
const MAX_BORDERS = 65_535;

/** Conditions by number: "the bin in `columns[i]` is at least `bins[i]`". */
export interface Conditions {
  readonly columns: Int32Array;
  readonly bins: Uint16Array;
}

/**
 * Makes bins of rows: of a number how many borders it is above, of a category whether it is the one asked for. The
 * columns are those of the conditions: numeric features, values of one-hot features, target statistics.
 *
 * Source: catboost/libs/model/cpu/quantization.h, `BinarizeFeatures`; model.cpp, `CalcBinFeatures`.
 */
export class Quantizer {
  readonly columns: number;
  /** The largest bin. */
  readonly largestBin: number;
  readonly conditions: Conditions;
  readonly byteSize: number;
  readonly #floats: readonly FloatFeature[];
  readonly #searches: readonly BorderSearch[];
  /** Of each one-hot feature: the position of its category and the column of each hash. */
  readonly #oneHots: readonly { readonly position: number; readonly columns: ReadonlyMap<number, number> }[];
  readonly #firstOneHot: number;
  readonly #ctrs: CtrFeatures | undefined;
  readonly #ctrBorders: readonly Float32Array[];
  readonly #ctrSearches: readonly BorderSearch[];

  /** @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT` */
  constructor(model: CatboostModel) {
    const positions = new Map(model.catFeatures.map(({ index }, position) => [index, position]));
    this.#floats = model.floatFeatures.filter(({ borders }) => borders.length > 0);
    this.#ctrBorders = model.ctrFeatures.map(({ borders }) => borders);
    for (const borders of [...this.#floats.map((feature) => feature.borders), ...this.#ctrBorders])
      checkBorders(borders);
    this.#searches = this.#floats.map(({ borders }) => new BorderSearch(borders));
    this.#ctrSearches = this.#ctrBorders.map((borders) => new BorderSearch(borders));
    this.#firstOneHot = this.#floats.length;
    let column = this.#firstOneHot;
    this.#oneHots = model.oneHotFeatures.map(({ index, values }) => {
      const position = positions.get(index);
      if (position === undefined)
        throw modelError(
          'ML_FORMAT_MALFORMED',
          `a condition is about categorical feature ${index}, which is not there`,
        );
      const columns = new Map(Array.from(values, (value, i) => [value, column + i]));
      if (columns.size !== values.length)
        throw modelError('ML_FORMAT_MALFORMED', `categorical feature ${index} is asked for the same value twice`);
      column += values.length;
      return { position, columns };
    });
    this.columns = column + this.#ctrBorders.length;
    this.conditions = this.#conditions(model);
    this.largestBin = this.conditions.bins.reduce((largest, bin) => Math.max(largest, bin), 1);
    this.#ctrs = model.ctrFeatures.length === 0 ? undefined : new CtrFeatures(model, positions, this.#places(model));
    this.byteSize =
      [...this.#searches, ...this.#ctrSearches].reduce((sum, search) => sum + search.byteSize, 0) +
      (this.#ctrs?.byteSize ?? 0);
  }

  /** Fills a block with the bins of `count` rows from `start` on. */
  fill(rows: RowValues, { start, count }: { readonly start: number; readonly count: number }, block: BinBlock): void {
    block.resize(count);
    const { data, stride } = block;
    for (const [column, feature] of this.#floats.entries()) {
      const search = this.#searches[column] as BorderSearch;
      const { data: values, first, stride: step } = rows.numbers(feature.flatIndex);
      const from = first + start * step;
      const at = column * stride;
      search.writeBins({ data: values, first: from, stride: step }, data, { at, length: count });
      if (!feature.nanAboveAll) continue;
      const above = search.binOf(Infinity);
      for (let row = 0; row < count; row++) if (Number.isNaN(values[from + row * step])) data[at + row] = above;
    }
    const { hashes } = rows;
    data.fill(0, this.#firstOneHot * stride, this.columns * stride);
    for (const { position, columns } of this.#oneHots) {
      const values = hashes[position] as Int32Array;
      for (let row = 0; row < count; row++) {
        const column = columns.get(values[start + row] as number);
        if (column !== undefined) data[column * stride + row] = 1;
      }
    }
    const firstCtr = this.columns - this.#ctrBorders.length;
    this.#ctrs?.compute(hashes, start, block, (feature, row, value) => {
      data[(firstCtr + feature) * stride + row] = (this.#ctrSearches[feature] as BorderSearch).binOf(value);
    });
  }

  #conditions({ oneHotFeatures }: CatboostModel): Conditions {
    const oneHots = oneHotFeatures.reduce((sum, { values }) => sum + values.length, 0);
    const ranges = [
      ...this.#floats.map(({ borders }) => borders.length),
      ...this.#ctrBorders.map(({ length }) => length),
    ];
    const total = ranges.reduce((sum, length) => sum + length, oneHots);
    const columns = new Int32Array(total);
    const bins = new Uint16Array(total).fill(1);
    let at = 0;
    const borders = (column: number, count: number): void => {
      for (let border = 1; border <= count; border++, at++) {
        columns[at] = column;
        bins[at] = border;
      }
    };
    for (const [column, feature] of this.#floats.entries()) borders(column, feature.borders.length);
    for (let i = 0; i < oneHots; i++) columns[at++] = this.#firstOneHot + i;
    for (const [i, { length }] of this.#ctrBorders.entries()) borders(this.#firstOneHot + oneHots + i, length);
    return { columns, bins };
  }

  #places({ oneHotFeatures }: CatboostModel): ConstructorParameters<typeof CtrFeatures>[2] {
    const floats = new Map(this.#floats.map(({ index }, column) => [index, column]));
    const oneHots = new Map(oneHotFeatures.map(({ index }, i) => [index, this.#oneHots[i]]));
    return {
      floatCondition: (index, border) => {
        const column = floats.get(index);
        const place = column === undefined ? -1 : (this.#floats[column] as FloatFeature).borders.indexOf(border);
        return column === undefined || place < 0 ? undefined : { column, bin: place + 1 };
      },
      oneHotColumn: (index, value) => oneHots.get(index)?.columns.get(value),
    };
  }
}

function checkBorders(borders: Float32Array): void {
  if (borders.length > MAX_BORDERS)
    throw modelError(
      'ML_FORMAT_LIMIT',
      `${borders.length} borders of one feature; at most ${MAX_BORDERS} are possible`,
    );
  // The negation finds NaN, too.
  for (let i = 0; i < borders.length; i++) {
    if (!((borders[i] as number) >= (i === 0 ? -Infinity : (borders[i - 1] as number))))
      throw modelError('ML_FORMAT_MALFORMED', 'the borders of a feature must be ascending');
  }
}
