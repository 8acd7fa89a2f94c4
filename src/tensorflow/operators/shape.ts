import type { DType } from '../../spec/tensor.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import { normalAxis, sizeOf } from '../shapes.ts';
import type { Element, Shape, TfTensor } from '../tf-tensor.ts';
import { knownReshape, reshapedShape } from '../reshape.ts';

function shapeTensor(call: OpCall, x: TfTensor): TfTensor {
  const dtype: DType = call.attrs.dtype('out_type') ?? 'int32';
  const content = x.shape?.map((extent): Element => extent);
  const shape = [x.rank ?? null];
  return call.later({ dtype, shape, content }, [x], () => {
    const extents = call.write('Shape', [x], { dtype: 'int64', shape });
    return call.cast(extents, dtype).value;
  });
}

/** With other extents: a constant target where that is possible, since engines infer shapes from it. */
export function reshape(call: OpCall, x: TfTensor, target: TfTensor): TfTensor {
  const shape = reshapedShape(x.shape, target);
  if (x.content !== undefined && sizeOf(shape) === x.content.length) {
    return call.later(
      { dtype: x.dtype, shape, content: x.content },
      [x],
      () => written(call, x, { target, shape }).value,
    );
  }
  return written(call, x, { target, shape });
}

function written(call: OpCall, x: TfTensor, { target, shape }: { target: TfTensor; shape: Shape }): TfTensor {
  const known = knownReshape(x.shape, target);
  if (known === undefined) return call.write('Reshape', [x, call.cast(target, 'int64')], { shape });
  return call.write('Reshape', [x, call.ints(known.extents)], {
    shape,
    attributes: known.zeros ? { allowzero: { int: 1 } } : {},
  });
}

/** Without the axes given, or without all of extent one. */
export function squeeze(call: OpCall, x: TfTensor, given: readonly number[]): TfTensor {
  const { shape } = x;
  if (shape === undefined) throw call.unsupported('drops dimensions of a tensor of an open number of dimensions');
  if (given.length === 0 && shape.some((extent) => typeof extent !== 'number')) {
    throw call.unsupported('drops the dimensions of extent one, which only a run knows');
  }
  const axes =
    given.length === 0
      ? shape.flatMap((extent, i) => (extent === 1 ? [i] : []))
      : given.map((axis) => normalAxis(axis, shape.length));
  if (axes.length === 0) return x;
  const rest = shape.filter((_, i) => !axes.includes(i));
  return call.later(
    { dtype: x.dtype, shape: rest, content: x.content },
    [x],
    () => call.write('Squeeze', [x, call.ints(axes)], { shape: rest }).value,
  );
}

/** With a new dimension of extent one. */
export function expandDims(call: OpCall, x: TfTensor, axis: number): TfTensor {
  const at = x.rank === undefined ? axis : normalAxis(axis, x.rank + 1);
  const shape: Shape = x.shape === undefined ? undefined : [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
  return call.later(
    { dtype: x.dtype, shape, content: x.content },
    [x],
    () => call.write('Unsqueeze', [x, call.ints([at])], { shape }).value,
  );
}

export const shapeOperators: OperatorTable = {
  Shape: (call) => shapeTensor(call, call.tensor(0)),
  ShapeN: (call) => call.tensors().map((x) => shapeTensor(call, x)),
  Size(call) {
    const x = call.tensor(0);
    const dtype: DType = call.attrs.dtype('out_type') ?? 'int32';
    const content = [sizeOf(x.shape) ?? null];
    return call.later(
      { dtype, shape: [], content },
      [x],
      () => call.cast(call.write('Size', [x], { dtype: 'int64', shape: [] }), dtype).value,
    );
  },
  Rank(call) {
    const x = call.tensor(0);
    return call.later({ dtype: 'int32', shape: [], content: [x.rank ?? null] }, [x], () => {
      const extents = call.write('Shape', [x], { dtype: 'int64', shape: [null] });
      return call.cast(call.write('Size', [extents], { dtype: 'int64', shape: [] }), 'int32').value;
    });
  },
  Reshape: (call) => reshape(call, call.tensor(0), call.tensor(1)),
  Squeeze(call) {
    const axes = call.attrs.ints('squeeze_dims');
    return squeeze(call, call.tensor(0), axes.length > 0 ? axes : call.attrs.ints('axis'));
  },
  ExpandDims: (call) => expandDims(call, call.tensor(0), call.number(1, 'dimension')),
  Transpose(call) {
    const x = call.tensor(0);
    const perm = call.numbers(1, 'permutation');
    return call.transpose(
      x,
      perm.map((axis) => normalAxis(axis, perm.length)),
    );
  },
  InvertPermutation(call) {
    const perm = call.numbers(0, 'permutation');
    const inverse = Array.from({ length: perm.length }, () => 0);
    perm.forEach((to, from) => {
      inverse[to] = from;
    });
    return call.known(call.tensor(0).dtype, [perm.length], inverse);
  },
};
