/**
 * A number rounded to so many decimal places, as numpy does it: times a power of ten, halves to even, divided again.
 *
 * Source: numpy/_core/src/multiarray/calculation.c, `PyArray_Round`.
 */
export function roundTo(value: number, places: number): number {
  const scale = 10 ** places;
  const scaled = value * scale;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) / scale;
}
