import type { Cursor } from './cursor.ts';

/** The type of one element as it is stored. `size` is in bytes. */
export type Hdf5Type =
  | IntegerType
  | FloatType
  | TextType
  | EnumType
  | SequenceType
  | CompoundType
  | ArrayType
  | { readonly kind: 'complex'; readonly size: number; readonly part: Hdf5Type }
  | { readonly kind: 'opaque'; readonly size: number; readonly name: string };

export interface IntegerType {
  readonly kind: 'integer';
  readonly size: number;
  readonly littleEndian: boolean;
  readonly signed: boolean;
  /** The bits that count: `precision` of them, above `bitOffset` others. */
  readonly bitOffset: number;
  readonly precision: number;
}

export interface FloatType {
  readonly kind: 'float';
  readonly size: number;
  readonly littleEndian: boolean;
  /** `undefined` for a layout of bits that is none of these. */
  readonly format: 'float16' | 'bfloat16' | 'float32' | 'float64' | undefined;
}

export interface TextType {
  readonly kind: 'text';
  readonly size: number;
  /** Whether the element only says where in a global heap the text is. */
  readonly isVariable: boolean;
  readonly padding: 'nul-terminated' | 'nul-padded' | 'space-padded';
}

export interface EnumType {
  readonly kind: 'enum';
  readonly size: number;
  readonly base: IntegerType;
  /** Whether it is the enum that h5py writes for numpy's bool. */
  readonly isBool: boolean;
}

export interface SequenceType {
  readonly kind: 'sequence';
  readonly size: number;
  readonly element: Hdf5Type;
}

export interface CompoundType {
  readonly kind: 'compound';
  readonly size: number;
  readonly members: readonly { readonly name: string; readonly offset: number; readonly type: Hdf5Type }[];
}

export interface ArrayType {
  readonly kind: 'array';
  readonly size: number;
  readonly shape: readonly number[];
  readonly element: Hdf5Type;
}

const MAX_DEPTH = 32;
const MAX_RANK = 32;
const PADDINGS = ['nul-terminated', 'nul-padded', 'space-padded'] as const;
const REFERENCE = 'a reference';

/** Reads a datatype message, versions 1 to 5. */
export function readDatatype(cursor: Cursor, depth = 0): Hdf5Type {
  if (depth > MAX_DEPTH) throw cursor.malformed(`types are nested more than ${MAX_DEPTH} deep`);
  const head = cursor.u8();
  const version = head >> 4;
  if (version < 1 || version > 5) throw cursor.malformed(`a datatype has version ${version}, known are 1 to 5`);
  const bits = cursor.uint(3);
  const size = cursor.u32();
  if (size === 0) throw cursor.malformed('a datatype has elements of no bytes');
  const context = { cursor, version, bits, size, depth };
  switch (head & 0x0f) {
    case 0:
      return integer(context, (bits & 8) !== 0);
    case 1:
      return float(context);
    case 2:
      cursor.skip(2);
      return { kind: 'opaque', size, name: 'a time' };
    case 3:
      return text(context, false);
    case 4:
      return integer(context, false);
    case 5:
      cursor.skip(bits & 0xff);
      return { kind: 'opaque', size, name: 'opaque bytes' };
    case 6:
      return compound(context);
    case 7:
      return { kind: 'opaque', size, name: REFERENCE };
    case 8:
      return enumeration(context);
    case 9:
      return variable(context);
    case 10:
      return array(context);
    case 11:
      return complex(context);
    default:
      throw cursor.malformed(`a datatype has the unknown class ${head & 0x0f}`);
  }
}

interface Context {
  readonly cursor: Cursor;
  readonly version: number;
  readonly bits: number;
  readonly size: number;
  readonly depth: number;
}

function integer({ cursor, bits, size }: Context, signed: boolean): IntegerType {
  const bitOffset = cursor.u16();
  const precision = cursor.u16();
  if (precision === 0 || bitOffset + precision > size * 8) {
    throw cursor.malformed(`${precision} bits from bit ${bitOffset} do not fit in ${size} bytes`);
  }
  return { kind: 'integer', size, littleEndian: (bits & 1) === 0, signed, bitOffset, precision };
}

const FLOATS: ReadonlyMap<string, FloatType['format']> = new Map([
  ['2 15 0 16 10 5 0 10 15', 'float16'],
  ['2 15 0 16 7 8 0 7 127', 'bfloat16'],
  ['4 31 0 32 23 8 0 23 127', 'float32'],
  ['8 63 0 64 52 11 0 52 1023', 'float64'],
]);
/** The leading bit of the mantissa is not stored: as in all IEEE 754 formats of up to 64 bits. */
const IMPLIED_BIT = 2;

function float({ cursor, bits, size }: Context): FloatType {
  const bitOffset = cursor.u16();
  const precision = cursor.u16();
  const [exponentAt, exponentBits, mantissaAt, mantissaBits] = [cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8()];
  const bias = cursor.u32();
  const sign = (bits >> 8) & 0xff;
  const end = bitOffset + precision;
  const fits = [exponentAt + exponentBits, mantissaAt + mantissaBits, sign + 1].every((stop) => stop <= end);
  if (precision === 0 || end > size * 8 || exponentBits === 0 || mantissaBits === 0 || !fits) {
    throw cursor.malformed('the parts of a floating-point number do not fit in it');
  }
  const layout = [size, sign, bitOffset, precision, exponentAt, exponentBits, mantissaAt, mantissaBits, bias].join(' ');
  // The order of VAX machines has both bits set.
  const plain = ((bits >> 4) & 3) === IMPLIED_BIT && (bits & 0x40) === 0;
  return { kind: 'float', size, littleEndian: (bits & 1) === 0, format: plain ? FLOATS.get(layout) : undefined };
}

function text({ cursor, bits, size }: Context, isVariable: boolean): TextType {
  const padding = PADDINGS[isVariable ? (bits >> 4) & 0x0f : bits & 0x0f];
  const characters = isVariable ? (bits >> 8) & 0x0f : (bits >> 4) & 0x0f;
  if (padding === undefined || characters > 1) throw cursor.malformed('text of an unknown padding or character set');
  return { kind: 'text', size, isVariable, padding };
}

function enumeration({ cursor, version, bits, size, depth }: Context): EnumType {
  const base = readDatatype(cursor, depth + 1);
  if (base.kind !== 'integer' || base.size !== size)
    throw cursor.malformed('an enum is not based on an integer of its size');
  const count = bits & 0xffff;
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(memberName(cursor, version));
  const values = cursor.take(count * size);
  const isBool =
    size === 1 && count === 2 && names[0] === 'FALSE' && names[1] === 'TRUE' && values[0] === 0 && values[1] === 1;
  return { kind: 'enum', size, base, isBool };
}

/** Before version 3, names take a multiple of eight bytes. */
function memberName(cursor: Cursor, version: number): string {
  const start = cursor.position;
  const name = cursor.textToNul();
  if (version < 3) cursor.skip((8 - ((cursor.position - start) % 8)) % 8);
  return name;
}

function compound({ cursor, version, bits, size, depth }: Context): CompoundType {
  const count = bits & 0xffff;
  if (count === 0) throw cursor.malformed('a compound has no members');
  const offsetBytes = version < 3 ? 4 : bytesFor(size);
  const members: CompoundType['members'][number][] = [];
  for (let i = 0; i < count; i++) {
    const name = memberName(cursor, version);
    const offset = cursor.uint(offsetBytes);
    const shape = version === 1 ? oldShape(cursor) : [];
    const element = readDatatype(cursor, depth + 1);
    const type = shape.length === 0 ? element : arrayOf(cursor, element, shape);
    if (offset + type.size > size) throw cursor.malformed('a member lies outside its compound');
    members.push({ name, offset, type });
  }
  const inOrder = members.toSorted((a, b) => a.offset - b.offset);
  for (const [i, { offset, type }] of inOrder.entries()) {
    if (offset + type.size > (inOrder[i + 1]?.offset ?? size)) throw cursor.malformed('members of a compound overlap');
  }
  return { kind: 'compound', size, members };
}

/** Version 1 has no array type: members themselves have up to four extents. */
function oldShape(cursor: Cursor): number[] {
  const rank = cursor.u8();
  if (rank > 4) throw cursor.malformed(`a member has ${rank} dimensions, at most 4 are possible`);
  cursor.skip(3 + 4 + 4);
  const extents = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()];
  return extents.slice(0, rank);
}

function variable(context: Context): Hdf5Type {
  const { cursor, bits, size, depth } = context;
  const kind = bits & 0x0f;
  const element = readDatatype(cursor, depth + 1);
  if (size !== 8 + cursor.sizes.address) throw cursor.malformed(`a reference into a heap has ${size} bytes`);
  if (kind === 1) return text(context, true);
  if (kind !== 0) throw cursor.malformed(`values of varying length are of the unknown kind ${kind}`);
  return { kind: 'sequence', size, element };
}

function array({ cursor, version, size, depth }: Context): ArrayType {
  if (version < 2) throw cursor.malformed('an array type has version 1, which has none');
  const rank = cursor.u8();
  if (rank === 0 || rank > MAX_RANK) throw cursor.malformed(`an array type has ${rank} dimensions`);
  if (version < 3) cursor.skip(3);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) shape.push(cursor.u32());
  if (version < 3) cursor.skip(4 * rank);
  const type = arrayOf(cursor, readDatatype(cursor, depth + 1), shape);
  if (type.size !== size) throw cursor.malformed(`an array type of ${size} bytes has elements of ${type.size}`);
  return type;
}

function arrayOf(cursor: Cursor, element: Hdf5Type, shape: readonly number[]): ArrayType {
  if (shape.includes(0)) throw cursor.malformed('an array type has no elements');
  const size = shape.reduce((product, extent) => product * extent, element.size);
  return { kind: 'array', size, shape, element };
}

function complex({ cursor, size, depth }: Context): Hdf5Type {
  const part = readDatatype(cursor, depth + 1);
  if (part.size * 2 !== size) throw cursor.malformed('the parts of a complex number do not fill it');
  return { kind: 'complex', size, part };
}

/** Bytes that numbers up to `limit` need. */
export function bytesFor(limit: number): number {
  let bytes = 1;
  for (let left = Math.floor(limit / 256); left > 0; left = Math.floor(left / 256)) bytes++;
  return bytes;
}
