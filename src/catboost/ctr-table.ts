import type { CtrTableSource, CtrType } from './catboost-model.ts';
import { modelError } from './model-error.ts';

/** Marks an empty place, and an unknown combination. */
export const UNKNOWN = -1;
/** Hashes that a file was made of to collide would take forever; others take a step or two each. */
const MAX_STEPS_PER_HASH = 64;

/** A table of target statistics ready to be asked: combinations by their 64-bit hash. */
export class CtrTable {
  readonly values: Int32Array | Float64Array;
  readonly denominator: number;
  /** Counts per combination. */
  readonly width: number;
  readonly #mask: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #index: Int32Array;

  /** @throws `ML_FORMAT_MALFORMED` for combinations without values */
  constructor({ base, hashes, values, denominator, classes }: CtrTableSource) {
    this.values = values;
    this.denominator = denominator;
    this.width = widthOf(base.type, classes);
    const known = Math.floor(values.length / this.width);
    // At most half full, so that a search ends soon.
    const places = 2 ** Math.ceil(Math.log2(2 * Math.max(1, hashes.low.length)));
    this.#mask = places - 1;
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#index = new Int32Array(places).fill(UNKNOWN);
    let steps = MAX_STEPS_PER_HASH * (hashes.low.length + 1);
    for (let i = 0; i < hashes.low.length; i++) {
      const index = hashes.index[i] as number;
      if (index >= known)
        throw modelError('ML_FORMAT_MALFORMED', `target statistics refer to values ${index} of ${known}`);
      steps -= this.#add(hashes.high[i] as number, hashes.low[i] as number, index);
      if (steps < 0) throw modelError('ML_FORMAT_LIMIT', 'the hashes of target statistics nearly all collide');
    }
  }

  get byteSize(): number {
    return this.values.byteLength + 3 * this.#index.byteLength;
  }

  /** The index of a combination, or `UNKNOWN`. */
  find(high: number, low: number): number {
    const mask = this.#mask;
    for (let at = (low ^ high) & mask; ; at = (at + 1) & mask) {
      const index = this.#index[at] as number;
      if (index === UNKNOWN || (this.#low[at] === low && this.#high[at] === high)) return index;
    }
  }

  /** @returns how many places were looked at */
  #add(high: number, low: number, index: number): number {
    let at = (low ^ high) & this.#mask;
    let steps = 1;
    for (; this.#index[at] !== UNKNOWN; steps++) at = (at + 1) & this.#mask;
    this.#high[at] = high;
    this.#low[at] = low;
    this.#index[at] = index;
    return steps;
  }
}

function widthOf(type: CtrType, classes: number): number {
  switch (type) {
    case 'BinarizedTargetMeanValue':
    case 'FloatTargetMeanValue':
      return 2;
    case 'Counter':
    case 'FeatureFreq':
      return 1;
    case 'Borders':
      // For two classes and fewer CatBoost takes two counts, whatever the file says.
      return Math.max(2, classes);
    default:
      if (classes < 1) throw modelError('ML_FORMAT_MALFORMED', `target statistics of ${classes} classes`);
      return classes;
  }
}
