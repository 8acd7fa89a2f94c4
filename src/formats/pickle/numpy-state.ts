// What BUILD does to numpy's own objects: the state tuples of types, arrays and masked arrays.
import type { MaskedArray } from '../npy/masked-array.ts';
import { NdArray } from '../npy/nd-array.ts';
import { type DTypeField, type DTypeLayout, NumpyDType } from '../npy/numpy-dtype.ts';
import { asBytes, asShape, asText, isDict, isTuple } from './arguments.ts';
import type { CallContext } from './callable-spec.ts';
import { isNode, type PyValue } from './nodes.ts';
import { malformed } from './problems.ts';

/** Sets the state of a numpy object. */
export function setNumpyState(target: NumpyDType | NdArray | MaskedArray, state: PyValue, context: CallContext): void {
  if (!isTuple(state)) throw malformed('the state of a numpy object is no tuple', context.offset);
  if (target instanceof NumpyDType) setDType(target, state.items, context);
  else if (target instanceof NdArray) setArray(target, state.items, context);
  else setMaskedArray(target, state.items, context);
}

/** `(version, byte order, subarray, names, fields, item size, alignment, flags[, metadata])`. */
function setDType(target: NumpyDType, state: readonly PyValue[], { offset }: CallContext): void {
  const [version, order, subarray = null, names = null, fields = null, itemSize, , , metadata = null] = state;
  const byteOrder = asText(order);
  if (typeof version !== 'number' || version < 2 || version > 4 || state.length < 7 || state.length > 9) {
    throw malformed('the state of a numpy type has an unknown version', offset);
  }
  if (byteOrder === undefined || !/^[<>=|]$/.test(byteOrder) || typeof itemSize !== 'number') {
    throw malformed('the state of a numpy type has wrong parts', offset);
  }
  const layout: { -readonly [K in keyof DTypeLayout]?: DTypeLayout[K] } = { littleEndian: byteOrder !== '>' };
  if (itemSize >= 0 && (target.type === 'V' || target.type === 'S' || target.type === 'U')) layout.itemSize = itemSize;
  if (subarray !== null) layout.subarray = readSubarray(subarray, offset);
  if (names !== null || fields !== null) layout.fields = readFields(names, fields, offset);
  if ((target.type === 'M' || target.type === 'm') && metadata !== null) {
    const unit = isTuple(metadata) ? metadata.items[1] : undefined;
    const name = isTuple(unit) ? asText(unit.items[0]) : undefined;
    const count = isTuple(unit) ? unit.items[1] : undefined;
    if (name === undefined || !/^[A-Za-zμ]{1,8}$/.test(name) || typeof count !== 'number') {
      throw malformed('the unit of a numpy type has wrong parts', offset);
    }
    layout.time = { unit: name, count };
  }
  target.update(layout);
}

function readSubarray(value: PyValue, offset: number): NonNullable<DTypeLayout['subarray']> {
  const [dtype, extents] = isTuple(value) ? value.items : [];
  const shape = typeof extents === 'number' && extents >= 0 ? [extents] : asShape(extents);
  if (!(dtype instanceof NumpyDType) || shape === undefined || shape.length > 64) {
    throw malformed('the subarray of a numpy type has wrong parts', offset);
  }
  return { dtype, shape };
}

function readFields(names: PyValue, fields: PyValue, offset: number): ReadonlyMap<string, DTypeField> {
  if (!isTuple(names) || !isDict(fields)) throw malformed('the fields of a numpy type have wrong parts', offset);
  const out = new Map<string, DTypeField>();
  for (const name of names.items) {
    const field = fields.get(name);
    const [dtype, at] = isTuple(field) ? field.items : [];
    const text = asText(name);
    if (text === undefined || !(dtype instanceof NumpyDType) || typeof at !== 'number') {
      throw malformed('a field of a numpy type has wrong parts', offset);
    }
    out.set(text, { dtype, offset: at });
  }
  return out;
}

/** `(version, shape, type, Fortran order, data)`; the oldest files have no version. */
function setArray(target: NdArray, state: readonly PyValue[], context: CallContext): void {
  const parts = state.length === 4 ? state : state.slice(1);
  const [extents, dtype, fortran, data = null] = parts;
  const shape = asShape(extents);
  if (parts.length !== 4 || shape === undefined || !(dtype instanceof NumpyDType)) {
    throw malformed('the state of a numpy array has wrong parts', context.offset);
  }
  const order = Number(fortran) === 1 ? 'F' : 'C';
  if (isNode(data) && data.kind === 'list') {
    context.charge(data.items.length);
    target.setContents({ dtype, shape, objects: data.items.slice() });
    return;
  }
  const bytes = asBytes(data);
  if (bytes === undefined) throw malformed('the data of a numpy array are no bytes', context.offset);
  target.setContents({ dtype, shape, order, bytes });
}

/** `(version, shape, type, Fortran order, data, mask bytes, fill value)`. */
function setMaskedArray(target: MaskedArray, state: readonly PyValue[], context: CallContext): void {
  const [version, shape, dtype, fortran, data, mask, fillValue = null] = state;
  const extents = asShape(shape);
  const maskBytes = asBytes(mask);
  if (state.length !== 7 || extents === undefined || maskBytes === undefined) {
    throw malformed('the state of a masked array has wrong parts', context.offset);
  }
  const values = new NdArray();
  setArray(values, [version ?? 1, shape ?? null, dtype ?? null, fortran ?? false, data ?? null], context);
  const order = Number(fortran) === 1 ? 'F' : 'C';
  const maskType = NumpyDType.parse('b1');
  // A structured array has one mask byte per field; only plain ones can be read as a mask of their shape.
  if (values.dtype.fields !== undefined) throw malformed('a masked array has fields', context.offset);
  target.setContents(values, new NdArray({ dtype: maskType, shape: extents, order, bytes: maskBytes }), fillValue);
}
