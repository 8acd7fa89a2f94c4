import { WireWriter } from '../onnx-proto/wire-writer.ts';
import { dataTypeCode } from './data-type-code.ts';
import { encodeShape } from './encode-shape.ts';
import { encodeTensor, type TensorContext } from './encode-tensor.ts';
import { bytesOf, entriesOf, floatOf, integerOf, type Json, listOf, nameOf, recordOf } from './json-proto.ts';

// Fields of tensorflow/core/framework/{attr_value,tensor_shape}.proto.

/** AttrValue. */
export function encodeAttr(json: Json, { what, content }: TensorContext): WireWriter {
  const attr = recordOf(json, what);
  const writer = new WireWriter();
  if ('list' in attr) return writer.message(1, encodeList(attr['list'], what));
  if ('s' in attr) return writer.bytes(2, bytesOf(attr['s'], what));
  if ('i' in attr) return writer.int(3, integerOf(attr['i'], what));
  if ('f' in attr) return writer.float(4, floatOf(attr['f'], what));
  if ('b' in attr) return writer.int(5, attr['b'] === true ? 1 : 0);
  if ('type' in attr) return writer.int(6, dataTypeCode(attr['type'], what));
  if ('shape' in attr) return writer.message(7, encodeShape(attr['shape'], what));
  if ('tensor' in attr) return writer.message(8, encodeTensor(attr['tensor'], { what, content }));
  if ('func' in attr) return writer.message(10, encodeFunctionName(attr['func'], what));
  return writer;
}

function encodeList(json: Json, what: string): WireWriter {
  const list = recordOf(json ?? {}, what);
  const writer = new WireWriter();
  for (const text of listOf(list['s'], what)) writer.bytes(2, bytesOf(text, what));
  writer.packedInts(
    3,
    listOf(list['i'], what).map((value) => integerOf(value, what)),
  );
  writer.packedFloats(
    4,
    listOf(list['f'], what).map((value) => floatOf(value, what)),
  );
  writer.packedInts(
    5,
    listOf(list['b'], what).map((value) => (value === true ? 1 : 0)),
  );
  writer.packedInts(
    6,
    listOf(list['type'], what).map((value) => dataTypeCode(value, what)),
  );
  for (const shape of listOf(list['shape'], what)) writer.message(7, encodeShape(shape, what));
  for (const name of listOf(list['func'], what)) writer.message(9, encodeFunctionName(name, what));
  return writer;
}

/** NameAttrList. */
function encodeFunctionName(json: Json, what: string): WireWriter {
  const named = recordOf(json, what);
  const writer = new WireWriter().text(1, nameOf(named['name'], what));
  for (const [key, value] of entriesOf(named['attr'], what)) {
    writer.message(2, new WireWriter().text(1, key).message(2, encodeAttr(value, { what, content: undefined })));
  }
  return writer;
}
