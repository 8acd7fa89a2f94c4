import { readVarint, WIRE } from '../protobuf/wire-reader.ts';
import type { TfAttr, TfAttrList, TfShape } from './graph-def.ts';
import type { ProtoContext } from './proto-context.ts';
import { readShape } from './read-shape.ts';

/** AttrValue; an empty one is an empty list, as TensorFlow writes it. */
export function readAttr(body: Uint8Array, context: ProtoContext): TfAttr {
  const reader = context.open(body, 'AttrValue');
  let attr: TfAttr = { kind: 'list', list: NO_LIST };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        attr = { kind: 'list', list: readList(reader.bytes(), context) };
        break;
      case 2:
        attr = { kind: 'text', text: reader.bytes() };
        break;
      case 3:
        attr = { kind: 'int', int: reader.int64() };
        break;
      case 4:
        attr = { kind: 'float', float: reader.float() };
        break;
      case 5:
        attr = { kind: 'bool', bool: reader.integer() !== 0 };
        break;
      case 6:
        attr = { kind: 'type', type: reader.int32() };
        break;
      case 7:
        attr = { kind: 'shape', shape: readShape(reader.bytes(), context) };
        break;
      case 8:
        attr = { kind: 'tensor', tensor: reader.bytes() };
        break;
      case 9:
        attr = { kind: 'placeholder', name: reader.name() };
        break;
      case 10:
        attr = { kind: 'function', name: readFunctionName(reader.bytes(), context) };
        break;
    }
  }
  return attr;
}

const NO_LIST: TfAttrList = { texts: [], ints: [], floats: [], bools: [], types: [], shapes: [], functions: [] };

function readList(body: Uint8Array, context: ProtoContext): TfAttrList {
  const reader = context.open(body, 'AttrValue.ListValue');
  const texts: Uint8Array[] = [];
  const ints: bigint[] = [];
  const floats: number[] = [];
  const bools: boolean[] = [];
  const types: number[] = [];
  const shapes: TfShape[] = [];
  const functions: string[] = [];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const varints = (use: (value: bigint) => void): void => {
    context.spend(reader.count(WIRE.VARINT));
    reader.each(WIRE.VARINT, (at) => use(readVarint(body, at)));
  };
  while (reader.next()) {
    switch (reader.field) {
      case 2:
        context.spend();
        texts.push(reader.bytes());
        break;
      case 3:
        varints((value) => ints.push(value));
        break;
      case 4:
        context.spend(reader.count(WIRE.FIXED32));
        reader.each(WIRE.FIXED32, (at) => floats.push(view.getFloat32(at, true)));
        break;
      case 5:
        varints((value) => bools.push(value !== 0n));
        break;
      case 6:
        varints((value) => types.push(Number(value)));
        break;
      case 7:
        shapes.push(readShape(reader.bytes(), context));
        break;
      case 9:
        functions.push(readFunctionName(reader.bytes(), context));
        break;
    }
  }
  return { texts, ints, floats, bools, types, shapes, functions };
}

function readFunctionName(body: Uint8Array, context: ProtoContext): string {
  const reader = context.open(body, 'NameAttrList');
  let name = '';
  while (reader.next()) if (reader.field === 1) name = reader.name();
  return name;
}
