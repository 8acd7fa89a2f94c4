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
  readonly conditions: Conditions;
  readonly byteSize: number;
  readonly #floats: readonly FloatFeature[];
  /** Of each one-hot feature: the position of its category and the column of each hash. */
  readonly #oneHots: readonly { readonly position: number; readonly columns: ReadonlyMap<number, number> }[];
  readonly #firstOneHot: number;
  readonly #ctrs: CtrFeatures | undefined;
  readonly #ctrBorders: readonly Float32Array[];

  /** @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_LIMIT` */
  constructor(model: CatboostModel) {
    const positions = new Map(model.catFeatures.map(({ index }, position) => [index, position]));
    this.#floats = model.floatFeatures.filter(({ borders }) => borders.length > 0);
    this.#ctrBorders = model.ctrFeatures.map(({ borders }) => borders);
    for (const borders of [...this.#floats.map((feature) => feature.borders), ...this.#ctrBorders])
      checkBorders(borders);
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
      column += values.length;
      return { position, columns };
    });
    this.columns = column + this.#ctrBorders.length;
    this.conditions = this.#conditions(model);
    this.#ctrs = model.ctrFeatures.length === 0 ? undefined : new CtrFeatures(model, positions, this.#places(model));
    this.byteSize =
      [...model.floatFeatures, ...model.ctrFeatures].reduce((sum, { borders }) => sum + borders.byteLength, 0) +
      (this.#ctrs?.byteSize ?? 0);
  }

  /** The bins of `count` rows from `start` on, `[columns, count]`. */
  fill(rows: RowValues, { start, count }: { readonly start: number; readonly count: number }, bins: Uint16Array): void {
    let at = 0;
    for (const { flatIndex, borders, nanAboveAll } of this.#floats) {
      const { data, first, stride } = rows.numbers(flatIndex);
      let from = first + start * stride;
      for (let row = 0; row < count; row++, from += stride) {
        const value = data[from] as number;
        bins[at++] = nanAboveAll && Number.isNaN(value) ? binOf(Infinity, borders) : binOf(Math.fround(value), borders);
      }
    }
    const { hashes } = rows;
    bins.fill(0, at, this.columns * count);
    for (const { position, columns } of this.#oneHots) {
      const values = hashes[position] as Int32Array;
      for (let row = 0; row < count; row++) {
        const column = columns.get(values[start + row] as number);
        if (column !== undefined) bins[column * count + row] = 1;
      }
    }
    const firstCtr = this.columns - this.#ctrBorders.length;
    this.#ctrs?.compute({ hashes, start, count, bins }, (feature, row, value) => {
      bins[(firstCtr + feature) * count + row] = binOf(value, this.#ctrBorders[feature] as Float32Array);
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

/** How many of the ascending borders a value is above; NaN is above none. */
function binOf(value: number, borders: Float32Array): number {
  let low = 0;
  let high = borders.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((borders[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
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
