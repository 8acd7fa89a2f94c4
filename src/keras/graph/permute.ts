import { filled } from './filled.ts';
import type { TensorLike } from '../../spec/tensor.ts';

/** Numbers as typed arrays hold them, all of them views of a buffer. */
type Numbers = Float32Array | Float64Array | Int32Array;

/** A weight with its axes in another order: axis `i` of the result is axis `perm[i]` of the tensor. */
export function permuted(tensor: TensorLike, perm: readonly number[]): TensorLike {
  const { data, shape, dtype } = tensor;
  const from = data as Numbers;
  const extents = perm.map((axis) => shape[axis] as number);
  const strides = filled(shape.length, 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] as number) * (shape[i + 1] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  const out = new (from.constructor as new (length: number) => Numbers)(from.length);
  const index = filled(extents.length, 0);
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = from[at] as number;
    // The next position, as an odometer turns.
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      at += steps[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (extents[axis] as number)) break;
      at -= (steps[axis] as number) * (extents[axis] as number);
      index[axis] = 0;
    }
  }
  return { data: out, shape: extents, dtype };
}

/** A weight of another shape with as many elements. */
export function reshaped({ data, dtype }: TensorLike, shape: readonly number[]): TensorLike {
  return { data, shape, dtype };
}
