import type { TensorLike } from '../../spec/tensor.ts';
import { littleEndianBytes } from '../onnx-proto/encode-tensor.ts';
import { WireWriter } from '../onnx-proto/wire-writer.ts';
import { dataTypeCode } from './data-type-code.ts';
import { encodeShape } from './encode-shape.ts';
import { bad, bytesOf, floatOf, integerOf, type Json, listOf, recordOf } from './json-proto.ts';

// Fields of tensorflow/core/framework/tensor.proto.

/** What a tensor is encoded for. */
export interface TensorContext {
  /** For messages. */
  readonly what: string;
  /** The value of a tensor, where it is a weight of the manifest. */
  readonly content: TensorLike | undefined;
}

/** TensorProto: the values of the manifest where it has them, else those in the JSON itself. */
export function encodeTensor(json: Json, { what, content }: TensorContext): WireWriter {
  const tensor = recordOf(json, what);
  const type = dataTypeCode(tensor['dtype'], what);
  const writer = new WireWriter().int(1, type);
  if (content !== undefined) {
    const dims = content.shape.map((size) => ({ size }));
    return writer
      .message(2, encodeShape({ dim: dims }, what))
      .bytes(4, littleEndianBytes(widened(content, type, what)));
  }
  writer.message(2, encodeShape(tensor['tensorShape'], what));
  if (typeof tensor['tensorContent'] === 'string') writer.bytes(4, bytesOf(tensor['tensorContent'], what));
  const ints = (key: string): readonly bigint[] => listOf(tensor[key], what).map((value) => integerOf(value, what));
  const floats = (key: string): readonly number[] => listOf(tensor[key], what).map((value) => floatOf(value, what));
  writer.packedFloats(5, floats('floatVal')).packedDoubles(6, floats('doubleVal')).packedInts(7, ints('intVal'));
  for (const text of listOf(tensor['stringVal'], what)) writer.bytes(8, bytesOf(text, what));
  writer.packedInts(10, ints('int64Val'));
  writer.packedInts(
    11,
    listOf(tensor['boolVal'], what).map((value) => (value === true ? 1 : 0)),
  );
  return writer.packedInts(13, ints('halfVal'));
}

const FLOAT = 1;
const DOUBLE = 2;
const INT32 = 3;
const INT64 = 9;
const BOOL = 10;

/** TensorFlow.js stores 64-bit numbers with 32 bits; the graph still says what they were. */
function widened(tensor: TensorLike, type: number, what: string): TensorLike {
  const { dtype, data, shape } = tensor;
  if (
    (dtype === 'float32' && type === FLOAT) ||
    (dtype === 'int32' && type === INT32) ||
    (dtype === 'bool' && type === BOOL)
  ) {
    return tensor;
  }
  if (dtype === 'int32' && type === INT64) {
    return { data: BigInt64Array.from(data as Int32Array, BigInt), shape, dtype: 'int64' };
  }
  if (dtype === 'float32' && type === DOUBLE) {
    return { data: Float64Array.from(data as Float32Array), shape, dtype: 'float64' };
  }
  throw bad(`${what} has the element type ${type}, its weight is ${dtype}`);
}
