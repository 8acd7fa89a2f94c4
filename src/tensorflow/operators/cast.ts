import { dataTypeOf } from '../../formats/onnx-proto/encode-tensor.ts';
import type { DType } from '../../spec/tensor.ts';
import { inType } from '../fold.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import type { Element, TfTensor } from '../tf-tensor.ts';

/** The same elements in another type; floating point is cut off towards zero. */
export function cast(call: OpCall, tensor: TfTensor, dtype: DType): TfTensor {
  if (tensor.dtype === dtype) return tensor;
  if (dtype === 'string' || tensor.dtype === 'string' || dtype.startsWith('complex')) {
    throw call.unsupported(`turns ${tensor.dtype} into ${dtype}`);
  }
  const { shape } = tensor;
  const content = tensor.content?.map((element) => converted(element, dtype));
  return call.later({ dtype, shape, content }, [tensor], () =>
    call.g.op('Cast', [tensor.value], { to: { int: dataTypeOf(dtype) } }, { dtype, shape }),
  );
}

function converted(element: Element, dtype: DType): Element {
  // A name of an extent stays one in either integer type.
  if (typeof element === 'string') return /^int(32|64)$/.test(dtype) ? element : null;
  if (element === null) return null;
  if (dtype === 'bool') return element !== 0 && element !== false;
  const number = Number(element);
  return inType(dtype.startsWith('float') ? number : Math.trunc(number), dtype);
}

export const castOperators: OperatorTable = {
  Cast(call) {
    const dtype = call.attrs.dtype('DstT');
    if (dtype === undefined) throw call.unsupported('casts to a type that the library has no tensors of');
    return cast(call, call.tensor(0), dtype);
  },
};
