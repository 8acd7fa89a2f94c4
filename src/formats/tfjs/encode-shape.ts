import { WireWriter } from '../onnx-proto/wire-writer.ts';
import { integerOf, type Json, listOf, recordOf } from './json-proto.ts';

/** TensorShapeProto. */
export function encodeShape(json: Json, what: string): WireWriter {
  const shape = recordOf(json ?? {}, what);
  const writer = new WireWriter();
  for (const dim of listOf(shape['dim'], what)) {
    writer.message(2, new WireWriter().int(1, integerOf(recordOf(dim, what)['size'] ?? 0, what)));
  }
  return shape['unknownRank'] === true ? writer.int(3, 1) : writer;
}
