import type { TensorLike } from '../../../spec/tensor.ts';
import { permuted, reshaped } from '../../graph/permute.ts';

/**
 * A kernel of Keras, `[rows, gates * units]`, as ONNX wants it: `[1, gates * units, rows]`.
 *
 * @param order which of Keras's gates comes first, second, ... in ONNX
 */
export function gateKernel(kernel: TensorLike, order: readonly number[]): TensorLike {
  const [rows, columns] = kernel.shape as [number, number];
  const gates = reshaped(kernel, [rows, order.length, columns / order.length]);
  const turned = permuted(gates, [1, 2, 0]);
  return reshaped(reordered(turned, order), [1, columns, rows]);
}

/** Biases `[gates * units]` of the input and of the state, as `[1, 2 * gates * units]`; without the second, zeros. */
export function gateBias(input: TensorLike, state: TensorLike | undefined, order: readonly number[]): TensorLike {
  const [columns] = input.shape as [number];
  const shape = [order.length, columns / order.length];
  const data = new Float32Array(2 * columns);
  for (const [half, bias] of [input, state].entries()) {
    if (bias === undefined) continue;
    data.set(reordered(reshaped(bias, shape), order).data as Float32Array, half * columns);
  }
  return { data, shape: [1, 2 * columns], dtype: 'float32' };
}

/** Blocks along the first axis in another order. */
function reordered({ data, shape, dtype }: TensorLike, order: readonly number[]): TensorLike {
  const from = data as Float32Array;
  const block = from.length / order.length;
  const out = new Float32Array(from.length);
  for (const [to, gate] of order.entries()) out.set(from.subarray(gate * block, (gate + 1) * block), to * block);
  return { data: out, shape, dtype };
}
