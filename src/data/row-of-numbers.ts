const SLAB_VALUES = 2048;
/** Wider rows have an array of their own: there its cost does not count. */
const MAX_WIDTH = 256;

/** No part begins where its buffer does: that is how one is told from an array of its own. */
const START = Float64Array.BYTES_PER_ELEMENT;

let slab = new ArrayBuffer(0);
let used = 0;

/**
 * Zeros for one row, a part of a buffer that rows share: an array with memory of its own takes several times as long as
 * its filling. No part is given twice; `ownValues` makes of one what a caller may keep or hand on.
 */
export function rowOfNumbers(width: number): Float64Array {
  const bytes = width * Float64Array.BYTES_PER_ELEMENT;
  if (width > MAX_WIDTH) return new Float64Array(width);
  if (used + bytes > slab.byteLength) {
    slab = new ArrayBuffer(SLAB_VALUES * Float64Array.BYTES_PER_ELEMENT);
    used = START;
  }
  const row = new Float64Array(slab, used, width);
  used += bytes;
  return row;
}

/** A copy of a part, or the array where it is none. Asking for `buffer` would move a small array out of the heap. */
export function ownValues(values: Float64Array): Float64Array {
  return values.byteOffset === 0 ? values : values.slice();
}
