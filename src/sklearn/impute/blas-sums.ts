// Sums in the order and with the roundings of the libraries below scikit-learn, for results that are all rounding.

const SPLITTER = 2 ** 27 + 1;

/** `a * b + c` rounded once, as the matrix products of OpenBLAS compute each step. */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  // Beyond this the parts of the product would overflow; one rounding more is then harmless.
  if (!(Math.abs(a) < 1e150 && Math.abs(b) < 1e150)) return sum;
  const aHigh = SPLITTER * a - (SPLITTER * a - a);
  const bHigh = SPLITTER * b - (SPLITTER * b - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const shift = sum - product;
  const sumError = product - (sum - shift) + (c - shift);
  return sum + (productError + sumError);
}

/** The sum of squares as `numpy.einsum('ij,ij->i')`: two lanes, blocks of eight from their end. */
export function squaredNorm(values: Float64Array): number {
  const lanes = [0, 0];
  const add = (at: number): void => {
    const value = values[at] as number;
    lanes[at & 1] = (lanes[at & 1] as number) + value * value;
  };
  let at = 0;
  for (; at + 8 <= values.length; at += 8) {
    for (let pair = 6; pair >= 0; pair -= 2) {
      add(at + pair);
      add(at + pair + 1);
    }
  }
  for (; at < values.length; at++) add(at);
  return (lanes[0] as number) + (lanes[1] as number);
}
