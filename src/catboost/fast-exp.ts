const BITS = 11;
const STEPS = 1 << BITS;
const PER_STEP = STEPS / Math.LN2;
const STEP = 1 / PER_STEP;
/** Added, it leaves a number's integer part in the lowest bits. */
const SHIFT = 3 * 2 ** 51;
const ADJUST = (1 << (BITS + 10)) - (1 << BITS);
const SMALLEST = -708.39641853226408;
const LARGEST = 709.78271289338397;
/** Fractional bits of the table's computation. */
const PRECISION = 160n;

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
const HIGH = new Uint8Array(Float64Array.of(1).buffer)[7] === 0x3f ? 1 : 0;
const LOW = 1 - HIGH;
let table: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined;

/**
 * The exponential function as CatBoost computes it for whole arrays, bit for bit: 2^(k / 2048) from a table times a
 * polynomial. Four values at a time are kept within the function's range first; what is left over becomes 0 or
 * infinity out of it.
 *
 * Source: fmath by MITSUNARI Shigeo, `expd`, `expd_v`, which CatBoost's library/cpp/fast_exp is made of.
 */
export function fastExpInPlace(values: Float64Array): void {
  table ??= powersOfTwo();
  const fours = values.length - (values.length % 4);
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    if (i < fours) values[i] = expOf(Math.max(SMALLEST, Math.min(LARGEST, x)), table);
    else values[i] = x <= SMALLEST ? 0 : x >= LARGEST ? Infinity : expOf(x, table);
  }
}

function expOf(x: number, { high, low }: NonNullable<typeof table>): number {
  const shifted = x * PER_STEP + SHIFT;
  bits[0] = shifted;
  const integer = words[LOW] as number;
  const place = integer & (STEPS - 1);
  const t = (shifted - SHIFT) * STEP - x;
  const y = (3.0000000027955394 - t) * (t * t) * 0.16666666685227835 - t + 1;
  const exponent = ((integer + ADJUST) >>> BITS) << 20;
  words[HIGH] = (exponent | (high[place] as number)) >>> 0;
  words[LOW] = low[place] as number;
  return y * bits[0];
}

/** The fractions of 2^(k / 2048), rounded to nearest, in two words; by integers, as `Math.pow` may be a bit off. */
function powersOfTwo(): NonNullable<typeof table> {
  const roots: bigint[] = [];
  let root = 2n << PRECISION;
  for (let i = 0; i < BITS; i++) {
    root = squareRoot(root << PRECISION);
    roots.push(root);
  }
  const high = new Uint32Array(STEPS);
  const low = new Uint32Array(STEPS);
  for (let k = 0; k < STEPS; k++) {
    let power = 1n << PRECISION;
    for (let bit = 0; bit < BITS; bit++)
      if ((k >> bit) & 1) power = (power * (roots[BITS - 1 - bit] as bigint)) >> PRECISION;
    const rounded = (power + (1n << (PRECISION - 53n))) >> (PRECISION - 52n);
    high[k] = Number((rounded >> 32n) & 0xf_ffffn);
    low[k] = Number(rounded & 0xffff_ffffn);
  }
  return { high, low };
}

function squareRoot(value: bigint): bigint {
  let x = 1n << BigInt((value.toString(2).length >> 1) + 1);
  for (;;) {
    const next = (x + value / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}
