import type { OnnxTensor } from '../formats/onnx-proto/onnx-model.ts';
import { decodeTensor } from '../formats/onnx-proto/tensor-data.ts';
import type { TensorLike } from '../spec/tensor.ts';
import type { GraphLinks } from './graph-links.ts';
import { attribute, isOnnxOperator } from './node-attributes.ts';

/** `TensorProto.DataLocation.EXTERNAL`. */
const EXTERNAL = 1;

/** The tensor that a value always holds: an initializer or the `value` of a Constant; `undefined` for any other. */
export function constantTensor(name: string, links: GraphLinks): TensorLike | undefined {
  const node = links.producer(name);
  let tensor: OnnxTensor | undefined;
  if (node === undefined) tensor = links.initializer(name);
  else if (isOnnxOperator(node, 'Constant')) tensor = attribute(node, 'value')?.t;
  return tensor === undefined || tensor.dataLocation === EXTERNAL ? undefined : decodeTensor(tensor);
}

/** The 64-bit integers that a value always holds; `undefined` where it varies or holds something else. */
export function integersOf(name: string, links: GraphLinks): readonly bigint[] | undefined {
  const node = links.producer(name);
  if (node !== undefined && isOnnxOperator(node, 'Constant')) {
    const ints = attribute(node, 'value_ints');
    if (ints !== undefined) return [...ints.ints.values()];
    const one = attribute(node, 'value_int')?.i;
    if (one !== undefined) return [one];
  }
  const data = constantTensor(name, links)?.data;
  return data instanceof BigInt64Array ? [...data] : undefined;
}
