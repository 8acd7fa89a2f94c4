import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import { normalAxis } from '../shapes.ts';
import type { Shape, TfTensor } from '../tf-tensor.ts';

/**
 * TensorFlow refuses a negative index; ONNX counts it from the end. One that came from outside is
 * moved past the end, so that the engine refuses it too.
 */
function refuseNegative(call: OpCall, indices: TfTensor, extent: Extent | undefined): TfTensor {
  if (indices.numbers !== undefined || typeof extent !== 'number' || !/^int(32|64)$/.test(indices.dtype))
    return indices;
  const { dtype, shape } = indices;
  const negative = call.write('Less', [indices, call.scalar(0, dtype)], { dtype: 'bool', shape });
  return call.write('Where', [negative, call.scalar(extent, dtype), indices], { dtype, shape });
}

function gather(call: OpCall, x: TfTensor, given: TfTensor, axis: number): TfTensor {
  const indices = /^int(32|64)$/.test(given.dtype) ? given : call.cast(given, 'int32');
  const at = x.rank === undefined ? axis : normalAxis(axis, x.rank);
  const shape: Shape =
    x.shape === undefined || indices.shape === undefined
      ? undefined
      : [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  const { numbers } = indices;
  const content =
    x.rank === 1 && x.content !== undefined && numbers?.every((i) => i >= 0 && i < (x.content?.length ?? 0)) === true
      ? numbers.map((i) => x.content?.[i] ?? null)
      : undefined;
  return call.later({ dtype: x.dtype, shape, content }, [x, indices], () => {
    const checked = refuseNegative(call, indices, x.shape?.[at]);
    return call.write('Gather', [x, checked], { dtype: x.dtype, shape, attributes: { axis: { int: at } } }).value;
  });
}

/** Each row of the indices looks into its own row of the values. */
function batchedGather(
  call: OpCall,
  x: TfTensor,
  { indices, axis, batch }: { readonly indices: TfTensor; readonly axis: number; readonly batch: number },
): TfTensor {
  const { shape: from } = x;
  const { shape: by } = indices;
  if (from === undefined || by === undefined) throw call.unsupported('looks up in batches of an open rank');
  const shape = [...from.slice(0, axis), ...by.slice(batch), ...from.slice(axis + 1)];
  if (axis !== batch) throw call.unsupported('looks up in batches along a later dimension');
  // GatherND takes the index in a last dimension of its own.
  const point = call.write('Unsqueeze', [call.cast(indices, 'int64'), call.ints([by.length])], { dtype: 'int64' });
  return call.write('GatherND', [x, point], { dtype: x.dtype, shape, attributes: { batch_dims: { int: batch } } });
}

function gatherV2(call: OpCall, x: TfTensor, indices: TfTensor): TfTensor {
  const given = call.number(2, 'axis');
  const axis = x.rank === undefined ? given : normalAxis(given, x.rank);
  const batch = call.attrs.int('batch_dims');
  const rows = batch < 0 ? batch + (indices.rank ?? 0) : batch;
  return rows === 0 ? gather(call, x, indices, axis) : batchedGather(call, x, { indices, axis, batch: rows });
}

function gatherNd(call: OpCall): TfTensor {
  const [x, indices] = [call.tensor(0), call.tensor(1)];
  const width = indices.shape?.at(-1);
  const batch = call.attrs.int('batch_dims');
  const shape: Shape =
    typeof width === 'number' && x.shape !== undefined && indices.shape !== undefined
      ? [...indices.shape.slice(0, -1), ...x.shape.slice(batch + width)]
      : undefined;
  const attributes = { batch_dims: { int: batch } };
  return call.write('GatherND', [x, call.cast(indices, 'int64')], { dtype: x.dtype, shape, attributes });
}

function scatterNd(call: OpCall): TfTensor {
  const [indices, updates, extents] = [call.tensor(0), call.tensor(1), call.tensor(2)];
  const shape = extents.content?.map((element): Extent => (typeof element === 'boolean' ? null : element));
  const zeros = call.write('Expand', [call.scalar(0, updates.dtype), call.cast(extents, 'int64')], {
    dtype: updates.dtype,
    shape,
  });
  return scattered(call, { x: zeros, indices, updates, reduction: 'add' });
}

interface ScatterParts {
  readonly x: TfTensor;
  readonly indices: TfTensor;
  readonly updates: TfTensor;
  readonly reduction: 'none' | 'add' | 'max' | 'min';
}

function scattered(call: OpCall, { x, indices, updates, reduction }: ScatterParts): TfTensor {
  return call.write('ScatterND', [x, call.cast(indices, 'int64'), updates], {
    dtype: x.dtype,
    shape: x.shape,
    attributes: { reduction: { text: reduction } },
  });
}

const scatterInto =
  (reduction: ScatterParts['reduction']) =>
  (call: OpCall): TfTensor =>
    scattered(call, { x: call.tensor(0), indices: call.tensor(1), updates: call.tensor(2), reduction });

export const gatherOperators: OperatorTable = {
  Gather: (call) => gather(call, call.tensor(0), call.tensor(1), 0),
  GatherV2: (call) => gatherV2(call, call.tensor(0), call.tensor(1)),
  GatherNd: gatherNd,
  ResourceGather(call) {
    const [handle] = call.inputs;
    if (handle?.kind !== 'variable') throw call.unsupported('looks up in something that is no variable');
    const batch = call.attrs.int('batch_dims');
    const [x, indices] = [handle.read(), call.tensor(1)];
    return batch === 0 ? gather(call, x, indices, 0) : batchedGather(call, x, { indices, axis: batch, batch });
  },
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterInto('none'),
  TensorScatterAdd: scatterInto('add'),
  TensorScatterMax: scatterInto('max'),
  TensorScatterMin: scatterInto('min'),
};
