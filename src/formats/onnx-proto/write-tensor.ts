import type { OnnxSparseTensor, OnnxTensor } from './onnx-model.ts';
import { repeat, spell, writeEntry, writeKept } from './write-message.ts';
import type { WireWriter } from './wire-writer.ts';

/** TensorProto. */
export function writeTensor(tensor: OnnxTensor): WireWriter {
  return spell(tensor, (w) => {
    w.ints(1, tensor.dims).int(2, tensor.dataType);
    if (tensor.segment !== undefined) w.message(3, writeKept(tensor.segment));
    w.packedFloats(4, tensor.floatData.values()).packedInts(5, tensor.int32Data.values());
    for (const text of tensor.stringData.values()) w.bytes(6, text);
    w.packedInts(7, tensor.int64Data.values())
      .text(8, tensor.name)
      .bytes(9, tensor.rawData)
      .packedDoubles(10, tensor.doubleData.values())
      .packedInts(11, tensor.uint64Data.values())
      .text(12, tensor.docString);
    repeat(w, 13, tensor.externalData, writeEntry);
    w.int(14, tensor.dataLocation);
    repeat(w, 16, tensor.metadataProps, writeEntry);
  });
}

/** SparseTensorProto. */
export function writeSparseTensor(tensor: OnnxSparseTensor): WireWriter {
  return spell(tensor, (w) => {
    if (tensor.values !== undefined) w.message(1, writeTensor(tensor.values));
    if (tensor.indices !== undefined) w.message(2, writeTensor(tensor.indices));
    w.ints(3, tensor.dims);
  });
}
