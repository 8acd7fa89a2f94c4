import type { OnnxDimension, OnnxShape, OnnxType, OnnxTypeValue, OnnxValueInfo } from './onnx-model.ts';
import { append, NONE, once, type ReadContext } from './read-context.ts';
import { readEntry } from './read-entry.ts';

/** ValueInfoProto. */
export function readValueInfo(body: Uint8Array, context: ReadContext): OnnxValueInfo {
  const reader = context.open(body, 'ValueInfoProto');
  let name = '';
  let type: OnnxType | undefined;
  let docString: string | undefined;
  let metadataProps: OnnxValueInfo['metadataProps'] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        name = reader.name();
        break;
      case 2:
        type = readType(once(type, reader), context, 0);
        break;
      case 3:
        docString = reader.text();
        break;
      case 4:
        metadataProps = append(metadataProps, readEntry(reader.bytes(), context));
        break;
      default:
        unknown = append(unknown, reader.raw());
    }
  }
  return { source: body, unknown, name, type, docString, metadataProps };
}

/** TypeProto. */
export function readType(body: Uint8Array, context: ReadContext, depth: number): OnnxType {
  const reader = context.open(body, 'TypeProto');
  let value: OnnxTypeValue | undefined;
  let denotation: string | undefined;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        value = readTensorType('tensor', once(value, reader), context);
        break;
      case 8:
        value = readTensorType('sparse-tensor', once(value, reader), context);
        break;
      case 4:
        value = readElementType('sequence', once(value, reader), { context, depth });
        break;
      case 9:
        value = readElementType('optional', once(value, reader), { context, depth });
        break;
      case 5:
        value = readMapType(once(value, reader), context, depth);
        break;
      case 7:
        value = { source: once(value, reader), unknown: NONE, kind: 'opaque' };
        break;
      case 6:
        denotation = reader.text();
        break;
      default:
        unknown = append(unknown, reader.raw());
    }
  }
  return { source: body, unknown, value, denotation };
}

function readTensorType(kind: 'tensor' | 'sparse-tensor', body: Uint8Array, context: ReadContext): OnnxTypeValue {
  const reader = context.open(body, 'TypeProto.Tensor');
  let elemType = 0;
  let shape: OnnxShape | undefined;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) elemType = reader.int32();
    else if (reader.field === 2) shape = readShape(once(shape, reader), context);
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, kind, elemType, shape };
}

interface Level {
  readonly context: ReadContext;
  readonly depth: number;
}

function readElementType(kind: 'sequence' | 'optional', body: Uint8Array, level: Level): OnnxTypeValue {
  const { context, depth } = level;
  const reader = context.open(body, 'TypeProto.Sequence');
  let elem: OnnxType | undefined;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) elem = readType(once(elem, reader), context, context.deeper(depth));
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, kind, elem };
}

function readMapType(body: Uint8Array, context: ReadContext, depth: number): OnnxTypeValue {
  const reader = context.open(body, 'TypeProto.Map');
  let keyType = 0;
  let valueType: OnnxType | undefined;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) keyType = reader.int32();
    else if (reader.field === 2) valueType = readType(once(valueType, reader), context, context.deeper(depth));
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, kind: 'map', keyType, valueType };
}

function readShape(body: Uint8Array, context: ReadContext): OnnxShape {
  const reader = context.open(body, 'TensorShapeProto');
  let dims: readonly OnnxDimension[] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) dims = append(dims, readDimension(reader.bytes(), context));
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, dims };
}

/** A number and a name are alternatives: the last one stands. */
function readDimension(body: Uint8Array, context: ReadContext): OnnxDimension {
  const reader = context.open(body, 'TensorShapeProto.Dimension');
  let value: bigint | undefined;
  let param: string | undefined;
  let denotation: string | undefined;
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) {
      value = reader.int64();
      param = undefined;
    } else if (reader.field === 2) {
      param = reader.name();
      value = undefined;
    } else if (reader.field === 3) denotation = reader.text();
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, value, param, denotation };
}
