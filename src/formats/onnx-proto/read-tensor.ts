import { lazyBytes, lazyDoubles, lazyFloats, lazyInt32s, lazyInt64s, lazyUint64s } from './lazy-list.ts';
import type { OnnxSparseTensor, OnnxTensor } from './onnx-model.ts';
import { append, NONE, once, type ReadContext } from './read-context.ts';
import { readEntry } from './read-entry.ts';
import { type FieldReader, readVarint, WIRE } from '../protobuf/wire-reader.ts';

/** TensorProto; the values stay where they are. */
export function readTensor(body: Uint8Array, context: ReadContext): OnnxTensor {
  const reader = context.open(body, 'TensorProto');
  const dims: bigint[] = [];
  let dataType = 0;
  let name: string | undefined;
  let docString: string | undefined;
  let segment: OnnxTensor['segment'];
  let rawData: Uint8Array | undefined;
  let dataLocation: number | undefined;
  let externalData: OnnxTensor['externalData'] = NONE;
  let metadataProps: OnnxTensor['metadataProps'] = NONE;
  let unknown: readonly Uint8Array[] = NONE;
  let floats = 0;
  let int32s = 0;
  let strings = 0;
  let int64s = 0;
  let doubles = 0;
  let uint64s = 0;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        readDims(reader, body, { dims, context });
        break;
      case 2:
        dataType = reader.int32();
        break;
      case 3:
        segment = { source: once(segment, reader), unknown: NONE };
        break;
      case 4:
        floats += reader.count(WIRE.FIXED32);
        break;
      case 5:
        int32s += reader.count(WIRE.VARINT);
        break;
      case 6:
        reader.bytes();
        context.spend();
        strings++;
        break;
      case 7:
        int64s += reader.count(WIRE.VARINT);
        break;
      case 8:
        name = reader.name();
        break;
      case 9:
        rawData = reader.bytes();
        break;
      case 10:
        doubles += reader.count(WIRE.FIXED64);
        break;
      case 11:
        uint64s += reader.count(WIRE.VARINT);
        break;
      case 12:
        docString = reader.text();
        break;
      case 13:
        externalData = append(externalData, readEntry(reader.bytes(), context));
        break;
      case 14:
        dataLocation = reader.int32();
        break;
      case 16:
        metadataProps = append(metadataProps, readEntry(reader.bytes(), context));
        break;
      default:
        unknown = append(unknown, reader.raw());
    }
  }
  return {
    source: body,
    unknown,
    name,
    dims,
    dataType,
    segment,
    docString,
    rawData,
    floatData: lazyFloats(body, 4, floats),
    int32Data: lazyInt32s(body, 5, int32s),
    int64Data: lazyInt64s(body, 7, int64s),
    doubleData: lazyDoubles(body, 10, doubles),
    uint64Data: lazyUint64s(body, 11, uint64s),
    stringData: lazyBytes(body, 6, strings),
    dataLocation,
    externalData,
    metadataProps,
  };
}

/** SparseTensorProto. */
export function readSparseTensor(body: Uint8Array, context: ReadContext): OnnxSparseTensor {
  const reader = context.open(body, 'SparseTensorProto');
  let values: OnnxTensor | undefined;
  let indices: OnnxTensor | undefined;
  const dims: bigint[] = [];
  let unknown: readonly Uint8Array[] = NONE;
  while (reader.next()) {
    if (reader.field === 1) values = readTensor(once(values, reader), context);
    else if (reader.field === 2) indices = readTensor(once(indices, reader), context);
    else if (reader.field === 3) readDims(reader, body, { dims, context });
    else unknown = append(unknown, reader.raw());
  }
  return { source: body, unknown, values, indices, dims };
}

function readDims(reader: FieldReader, body: Uint8Array, into: { dims: bigint[]; context: ReadContext }): void {
  reader.count(WIRE.VARINT);
  reader.each(WIRE.VARINT, (at) => {
    into.context.spend();
    into.dims.push(readVarint(body, at));
  });
}
