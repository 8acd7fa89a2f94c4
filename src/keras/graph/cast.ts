import { dataTypeOf } from '../../formats/onnx-proto/encode-tensor.ts';
import { int } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import type { KerasTensor } from './keras-tensor.ts';

/** The tensor in another element type; itself where it has that one. */
export function cast(g: GraphBuilder, tensor: KerasTensor, dtype: DType): KerasTensor {
  if (tensor.dtype === dtype) return tensor;
  return tensor.map((value) => g.op('Cast', [value], { to: int(dataTypeOf(dtype)) }, { dtype }), dtype);
}
