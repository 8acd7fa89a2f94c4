// How one element is read from bytes, by type. All readers take any offset: nothing needs to be aligned.
import { halfToNumber } from '../../data/half.ts';
import { unsupportedArray } from './npy-problem.ts';
import type { NumpyDType } from './numpy-dtype.ts';

type Reader<T> = (view: DataView, offset: number) => T;

/** Numbers of any real type; 64-bit integers are rounded to the nearest double, as numpy's `astype(float64)`. */
export function numberReader(dtype: NumpyDType): Reader<number> {
  const little = dtype.littleEndian;
  switch (`${dtype.type}${dtype.itemSize}`) {
    case 'b1':
      return (view, at) => (view.getUint8(at) === 0 ? 0 : 1);
    case 'i1':
      return (view, at) => view.getInt8(at);
    case 'u1':
      return (view, at) => view.getUint8(at);
    case 'i2':
      return (view, at) => view.getInt16(at, little);
    case 'u2':
      return (view, at) => view.getUint16(at, little);
    case 'i4':
      return (view, at) => view.getInt32(at, little);
    case 'u4':
      return (view, at) => view.getUint32(at, little);
    case 'f2':
      return (view, at) => halfToNumber(view.getUint16(at, little));
    case 'f4':
      return (view, at) => view.getFloat32(at, little);
    case 'f8':
      return (view, at) => view.getFloat64(at, little);
    case 'i8':
    case 'u8': {
      const read = bigintReader(dtype);
      return (view, at) => Number(read(view, at));
    }
    default:
      throw unsupportedArray(`numbers are needed, and its type is ${dtype.name}`);
  }
}

/** 64-bit patterns: integers, datetime64 and timedelta64. Smaller integers are widened. */
export function bigintReader(dtype: NumpyDType): Reader<bigint> {
  const little = dtype.littleEndian;
  switch (`${dtype.type}${dtype.itemSize}`) {
    case 'u8':
      return (view, at) => view.getBigUint64(at, little);
    case 'i8':
    case 'M8':
    case 'm8':
      return (view, at) => view.getBigInt64(at, little);
    case 'b1':
    case 'i1':
    case 'u1':
    case 'i2':
    case 'u2':
    case 'i4':
    case 'u4': {
      const read = numberReader(dtype);
      return (view, at) => BigInt(read(view, at));
    }
    default:
      throw unsupportedArray(`integers are needed, and its type is ${dtype.name}`);
  }
}

/** Text of a `U` (UCS-4) or `S` (bytes read as Latin-1) element without its trailing NULs, as numpy gives it. */
export function textReader(dtype: NumpyDType): Reader<string> {
  const { itemSize, littleEndian } = dtype;
  if (dtype.type === 'U') {
    return (view, at) => {
      let end = itemSize;
      while (end > 0 && view.getUint32(at + end - 4, littleEndian) === 0) end -= 4;
      let text = '';
      for (let i = 0; i < end; i += 4) {
        const code = view.getUint32(at + i, littleEndian);
        // numpy accepts no code point beyond Unicode either.
        text += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
      }
      return text;
    };
  }
  if (dtype.type === 'S') {
    return (view, at) => {
      let end = itemSize;
      while (end > 0 && view.getUint8(at + end - 1) === 0) end--;
      return Buffer.from(view.buffer, view.byteOffset + at, end).toString('latin1');
    };
  }
  throw unsupportedArray(`text is needed, and its type is ${dtype.name}`);
}
