import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import { normalAxis } from '../shapes.ts';
import { type Element, type Shape, TfTensor } from '../tf-tensor.ts';
import { expandDims, squeeze } from './shape.ts';

/** Joins tensors along an axis. */
export function concat(call: OpCall, parts: readonly TfTensor[], axis: number): TfTensor {
  const [first] = parts;
  if (first === undefined) throw call.unsupported('joins nothing');
  if (parts.length === 1) return first;
  const { rank } = first;
  const at = rank === undefined ? axis : normalAxis(axis, rank);
  const shape: Shape = first.shape?.map((extent, i) => {
    if (i === at) return sum(parts.map((part) => part.shape?.[i] ?? null));
    return parts.map((part) => part.shape?.[i] ?? null).find((other) => typeof other === 'number') ?? extent;
  });
  const flat = rank === 1 && parts.every(({ content }) => content !== undefined);
  const content = flat ? parts.flatMap((part) => part.content as readonly Element[]) : undefined;
  return call.later(
    { dtype: first.dtype, shape, content },
    parts,
    () => call.write('Concat', parts, { shape, attributes: { axis: { int: at } } }).value,
  );
}

function sum(extents: readonly Extent[]): Extent {
  return extents.every((extent) => typeof extent === 'number') ? extents.reduce<number>((a, b) => a + b, 0) : null;
}

/** Cuts a tensor along an axis into parts of these extents. */
function split(
  call: OpCall,
  x: TfTensor,
  { axis, sizes }: { readonly axis: number; readonly sizes: readonly number[] },
): readonly TfTensor[] {
  const at = x.rank === undefined ? axis : normalAxis(axis, x.rank);
  const total = x.shape?.[at];
  const known = sizes.reduce((all, size) => all + Math.max(size, 0), 0);
  const filled = sizes.map((size) => (size < 0 && typeof total === 'number' ? total - known : size));
  if (filled.some((size) => size < 0)) throw call.unsupported('cuts off a rest of open size');
  if (filled.length === 1) return [x];
  const types = filled.map((size) => ({
    dtype: x.dtype,
    shape: x.shape?.map((extent, i) => (i === at ? size : extent)),
  }));
  return call.g
    .node('Split', { inputs: [x.value, call.ints(filled)], attributes: { axis: { int: at } }, outputs: types })
    .map((value) => TfTensor.of(value));
}

export const joinOperators: OperatorTable = {
  ConcatV2: (call) =>
    concat(call, call.tensors(0, call.inputs.length - 1), call.number(call.inputs.length - 1, 'axis')),
  Concat: (call) => concat(call, call.tensors(1), call.number(0, 'axis')),
  Pack(call) {
    const parts = call.tensors();
    const axis = call.attrs.int('axis');
    const [first] = parts;
    if (first?.rank === undefined)
      return concat(
        call,
        parts.map((part) => expandDims(call, part, axis)),
        axis,
      );
    const at = normalAxis(axis, first.rank + 1);
    return concat(
      call,
      parts.map((part) => expandDims(call, part, at)),
      at,
    );
  },
  Unpack(call) {
    const x = call.tensor(0);
    const count = call.attrs.int('num');
    const axis = normalAxis(call.attrs.int('axis'), call.shapeOf(0).length);
    const sizes = Array.from({ length: count }, () => 1);
    if (count === 0) return [];
    return split(call, x, { axis, sizes }).map((part) => squeeze(call, part, [axis]));
  },
  Split(call) {
    const x = call.tensor(1);
    const axis = normalAxis(call.number(0, 'axis'), call.shapeOf(1).length);
    const count = call.attrs.int('num_split', 1);
    const total = x.shape?.[axis];
    if (count === 1) return x;
    if (typeof total === 'number')
      return split(call, x, { axis, sizes: Array.from({ length: count }, () => total / count) });
    const shape = x.shape?.map((extent, i) => (i === axis ? null : extent));
    const outputs = Array.from({ length: count }, () => ({ dtype: x.dtype, shape }));
    const attributes = { axis: { int: axis }, num_outputs: { int: count } };
    return call.g.node('Split', { inputs: [x.value], attributes, outputs }).map((value) => TfTensor.of(value));
  },
  SplitV: (call) =>
    split(call, call.tensor(0), { sizes: call.numbers(1, 'list of sizes'), axis: call.number(2, 'axis') }),
};
