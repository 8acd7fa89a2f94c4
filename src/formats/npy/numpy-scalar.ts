import { PyBytes, PyComplex } from '../pickle/nodes.ts';
import { bigintReader, numberReader, textReader } from './element-readers.ts';
import { badArray } from './npy-problem.ts';
import type { NumpyDType } from './numpy-dtype.ts';
import { NdArray } from './nd-array.ts';

/** What the value of a numpy scalar can be: numbers are floats or ints as `dtype.type` says. */
export type ScalarValue = number | bigint | boolean | string | PyBytes | PyComplex | NdArray;

/** A single numpy value such as `numpy.float64(0.5)`. It is equal, as a key, to the Python value. */
export class NumpyScalar {
  readonly dtype: NumpyDType;
  /**
   * Integers are numbers where safe and bigints otherwise; datetimes and timedeltas are bigint counts of their
   * unit; text is a string; a structured value is an array without dimensions.
   */
  readonly value: ScalarValue;

  constructor(dtype: NumpyDType, bytes: Uint8Array) {
    if (bytes.length !== dtype.itemSize) {
      throw badArray(`a scalar of ${dtype.itemSize} bytes is declared, and ${bytes.length} are there`);
    }
    dtype.freeze();
    this.dtype = dtype;
    this.value = decode(dtype, bytes);
  }

  get kind(): 'scalar' {
    return 'scalar';
  }
}

function decode(dtype: NumpyDType, bytes: Uint8Array): ScalarValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (dtype.type) {
    case 'b':
      return view.getUint8(0) !== 0;
    case 'i':
    case 'u': {
      const value = bigintReader(dtype)(view, 0);
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
    case 'f':
      return numberReader(dtype)(view, 0);
    case 'M':
    case 'm':
      return bigintReader(dtype)(view, 0);
    case 'U':
      return textReader(dtype)(view, 0);
    case 'S':
      return new PyBytes(bytes);
    case 'c': {
      const parts = new NdArray({ dtype, shape: [], bytes }).toTypedArray();
      return new PyComplex(Number(parts[0]), Number(parts[1]));
    }
    case 'V':
      return new NdArray({ dtype, shape: [], bytes });
    case 'O':
      throw badArray('a scalar of objects has bytes');
    default:
      return dtype.type satisfies never;
  }
}
