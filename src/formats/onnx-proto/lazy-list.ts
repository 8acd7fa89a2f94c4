import type { LazyList } from './onnx-model.ts';
import { FieldReader, readVarint, viewOf, WIRE, type WireElement } from '../protobuf/wire-reader.ts';

/** A list that is there already: for messages that are built, and for absent fields. */
export function listOf<T extends { readonly length: number }>(values: T): LazyList<T> {
  return { length: values.length, values: () => values };
}

// Most fields of most messages are absent; they share these.
const NO_FLOATS = listOf(new Float32Array());
const NO_DOUBLES = listOf(new Float64Array());
const NO_INT32S = listOf(new Int32Array());
const NO_INT64S = listOf(new BigInt64Array());
const NO_UINT64S = listOf(new BigUint64Array());
const NO_BYTES = listOf<readonly Uint8Array[]>([]);

// The lists below belong to a message that a reader has walked over once: `body` is its bytes,
// `length` the elements that were counted. Packed and unpacked numbers may be mixed.

export function lazyFloats(body: Uint8Array, field: number, length: number): LazyList<Float32Array> {
  if (length === 0) return NO_FLOATS;
  const values = (): Float32Array => {
    const list = new Float32Array(length);
    const view = viewOf(body);
    eachElement({ body, field, element: WIRE.FIXED32 }, (at, i) => (list[i] = view.getFloat32(at, true)));
    return list;
  };
  return { length, values };
}

export function lazyDoubles(body: Uint8Array, field: number, length: number): LazyList<Float64Array> {
  if (length === 0) return NO_DOUBLES;
  const values = (): Float64Array => {
    const list = new Float64Array(length);
    const view = viewOf(body);
    eachElement({ body, field, element: WIRE.FIXED64 }, (at, i) => (list[i] = view.getFloat64(at, true)));
    return list;
  };
  return { length, values };
}

export function lazyInt32s(body: Uint8Array, field: number, length: number): LazyList<Int32Array> {
  if (length === 0) return NO_INT32S;
  const values = (): Int32Array => {
    const list = new Int32Array(length);
    eachElement({ body, field, element: WIRE.VARINT }, (at, i) => {
      list[i] = Number(BigInt.asIntN(32, readVarint(body, at)));
    });
    return list;
  };
  return { length, values };
}

export function lazyInt64s(body: Uint8Array, field: number, length: number): LazyList<BigInt64Array> {
  if (length === 0) return NO_INT64S;
  const values = (): BigInt64Array => {
    const list = new BigInt64Array(length);
    eachElement({ body, field, element: WIRE.VARINT }, (at, i) => (list[i] = readVarint(body, at)));
    return list;
  };
  return { length, values };
}

export function lazyUint64s(body: Uint8Array, field: number, length: number): LazyList<BigUint64Array> {
  if (length === 0) return NO_UINT64S;
  const values = (): BigUint64Array => {
    const list = new BigUint64Array(length);
    eachElement({ body, field, element: WIRE.VARINT }, (at, i) => {
      list[i] = BigInt.asUintN(64, readVarint(body, at));
    });
    return list;
  };
  return { length, values };
}

/** A repeated `bytes` field: views of the message. */
export function lazyBytes(body: Uint8Array, field: number, length: number): LazyList<readonly Uint8Array[]> {
  if (length === 0) return NO_BYTES;
  const values = (): readonly Uint8Array[] => {
    const list: Uint8Array[] = [];
    const reader = new FieldReader(body, PLACE);
    while (reader.next()) if (reader.field === field) list.push(reader.bytes());
    return list;
  };
  return { length, values };
}

const PLACE = { message: 'repeated field', fileStart: 0 };

interface Elements {
  readonly body: Uint8Array;
  readonly field: number;
  readonly element: WireElement;
}

function eachElement({ body, field, element }: Elements, use: (at: number, index: number) => void): void {
  const reader = new FieldReader(body, PLACE);
  let index = 0;
  while (reader.next()) if (reader.field === field) reader.each(element, (at) => use(at, index++));
}
