import { FormatError } from '../../errors/format-error.ts';
import type { NdArray } from '../../formats/npy/nd-array.ts';
import type { PyValue } from '../../formats/pickle/nodes.ts';
import type { Label } from '../../spec/model.ts';

/**
 * A Python value as a label in its own type: int to number (bigint beyond 2^53), float, str, bool,
 * None to null; numpy scalars likewise.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for anything else
 */
export function labelOf(value: PyValue): Label {
  if (typeof value !== 'object' || value === null) return value;
  if (value.kind === 'float') return value.value;
  if (value.kind === 'scalar' && (typeof value.value !== 'object' || value.value === null)) return value.value;
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `a class label is a Python ${value.kind}; labels can be numbers, text, booleans or None`,
  );
}

/** The labels of a one-dimensional array of any label type. */
export function labelsOf(array: NdArray): Label[] {
  switch (array.dtype.type) {
    case 'O':
      return array.objects.map(labelOf);
    case 'U':
    case 'S':
      return array.toStrings();
    case 'b':
      return Array.from(array.toFloat64Array(), (value) => value !== 0);
    case 'i':
    case 'u': {
      const numbers = array.toTypedArray();
      return Array.from(numbers as ArrayLike<number | bigint>, (value) =>
        typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value,
      );
    }
    default:
      return Array.from(array.toFloat64Array());
  }
}

/** The index of the largest value of a row, the first of equals, as numpy's argmax; NaN counts as largest. */
export function argmax(data: ArrayLike<number>, start: number, length: number): number {
  let best = 0;
  let bestValue = data[start] as number;
  for (let k = 1; k < length && !Number.isNaN(bestValue); k++) {
    const value = data[start + k] as number;
    if (value > bestValue || Number.isNaN(value)) {
      best = k;
      bestValue = value;
    }
  }
  return best;
}
