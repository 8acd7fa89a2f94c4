/** The multiplier of CatBoost's hash of combinations, 0x4906ba494954cb65, in two halves. */
const MUL_HIGH = 0x4906ba49;
const MUL_LOW = 0x4954cb65;

/**
 * The 64-bit hash of a combination of features, in two unsigned halves, as numbers are faster than bigints: each
 * value `b` makes `MUL * (hash + MUL * b)` of the hash before.
 *
 * Source: catboost/libs/model/hash.h, `CalcHash`; ctr_provider.h, `CalcHashes`.
 */
export class CombinationHash {
  high = 0;
  low = 0;

  reset(): void {
    this.high = 0;
    this.low = 0;
  }

  /** Adds a category's hash, a signed 32-bit integer, or whether a condition holds, 0 or 1. */
  add(value: number): void {
    const { high, low } = this;
    // The value is extended to 64 bits with its sign.
    this.#setProduct(value < 0 ? 0xffff_ffff : 0, value >>> 0);
    const sum = this.low + low;
    this.#setProduct((this.high + high + (sum > 0xffff_ffff ? 1 : 0)) >>> 0, sum >>> 0);
  }

  #setProduct(high: number, low: number): void {
    this.high = (highOfProduct(low, MUL_LOW) + Math.imul(low, MUL_HIGH) + Math.imul(high, MUL_LOW)) >>> 0;
    this.low = Math.imul(low, MUL_LOW) >>> 0;
  }
}

/** The upper 32 bits of the product of two unsigned 32-bit integers. */
function highOfProduct(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}
