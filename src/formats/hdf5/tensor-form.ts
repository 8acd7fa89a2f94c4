import type { DType } from '../../spec/tensor.ts';
import type { Hdf5Type, IntegerType } from './datatype.ts';

/** How the elements of a type become a tensor's. */
export interface TensorForm {
  readonly dtype: DType;
  /** The type of one element, arrays taken apart. */
  readonly type: Hdf5Type;
  /** Extents that array types add after those of the dataspace. */
  readonly inner: readonly number[];
}

/** The form of a type, or `undefined` where a tensor has none. */
export function tensorFormOf(type: Hdf5Type): TensorForm | undefined {
  const inner: number[] = [];
  let element = type;
  while (element.kind === 'array') {
    inner.push(...element.shape);
    element = element.element;
  }
  const dtype = dtypeOf(element);
  return dtype === undefined ? undefined : { dtype, type: element, inner };
}

/** What a type is, for messages. */
export function nameOf(type: Hdf5Type): string {
  switch (type.kind) {
    case 'opaque':
      return type.name;
    case 'compound':
      return `a compound of ${type.members.length} members`;
    case 'integer':
      return `an integer of ${type.size} bytes`;
    case 'float':
      return `a floating-point number of ${type.size} bytes of an unusual layout`;
    case 'complex':
      return `a complex number of ${type.size} bytes`;
    case 'array':
      return `an array of ${nameOf(type.element)}`;
    case 'sequence':
      return `a sequence of ${nameOf(type.element)}`;
    case 'text':
      return 'text';
    case 'enum':
      return `an enum of ${type.size} bytes`;
    default:
      return type satisfies never;
  }
}

function dtypeOf(type: Hdf5Type): DType | undefined {
  switch (type.kind) {
    case 'integer':
      return integerDType(type);
    case 'float':
      return type.format;
    case 'text':
      return 'string';
    case 'enum':
      return type.isBool ? 'bool' : integerDType(type.base);
    case 'sequence':
      return tensorFormOf(type.element) === undefined ? undefined : 'object';
    case 'complex':
      return complexDType(type.part);
    case 'compound':
      return compoundDType(type);
    default:
      return undefined;
  }
}

/** Sizes that numpy has no type for take the next larger one. */
function integerDType({ size, signed }: IntegerType): DType | undefined {
  if (size > 8) return undefined;
  const bits = size === 1 ? 8 : size === 2 ? 16 : size <= 4 ? 32 : 64;
  return signed ? `int${bits}` : `uint${bits}`;
}

function complexDType(part: Hdf5Type): DType | undefined {
  if (part.kind !== 'float') return undefined;
  return part.format === 'float32' ? 'complex64' : part.format === 'float64' ? 'complex128' : undefined;
}

/** h5py writes complex numbers as a compound of two floats named `r` and `i`. */
function compoundDType({ size, members }: Extract<Hdf5Type, { kind: 'compound' }>): DType | undefined {
  const [real, imaginary] = members;
  if (members.length !== 2 || real?.name !== 'r' || imaginary?.name !== 'i') return undefined;
  if (real.type.kind !== 'float' || imaginary.type.kind !== 'float') return undefined;
  const same = real.type.format === imaginary.type.format && real.type.littleEndian === imaginary.type.littleEndian;
  const dense = real.offset === 0 && imaginary.offset * 2 === size;
  return same && dense ? complexDType(real.type) : undefined;
}
