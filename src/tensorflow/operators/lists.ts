import { fromTfShape, merged } from '../shapes.ts';
import { stackedItems } from '../list-tensors.ts';
import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import { TfList } from '../tf-list.ts';
import type { Shape, TfTensor } from '../tf-tensor.ts';
import type { Extent } from '../../onnx/builder/graph-builder.ts';

function listInput(call: OpCall, i: number): TfList {
  const value = call.inputs[i];
  if (value?.kind === 'list') return value;
  throw call.unsupported('takes a list that is none');
}

/** The shape that a vector says of elements; -1 where any extent is allowed. */
function elementShape(tensor: TfTensor): Shape {
  if (tensor.rank === 0) return undefined;
  return tensor.content?.map((element): Extent => (element === -1 || typeof element === 'boolean' ? null : element));
}

function reserved(
  call: OpCall,
  { length, element, dtype }: { length: TfTensor; element: Shape; dtype: TfTensor['dtype'] | undefined },
): TfList {
  if (dtype === undefined) throw call.unsupported('makes a list of something that is no tensor');
  return new TfList({ dtype, element, length });
}

function fromTensor(call: OpCall, x: TfTensor): TfList {
  const [extent = null, ...element] = x.shape ?? [];
  const length = call.later({ dtype: 'int32', shape: [], content: [extent] }, [x], () => {
    const extents = call.write('Shape', [x], { dtype: 'int64', shape: [null] });
    return call.cast(call.write('Gather', [extents, call.scalar(0, 'int64')], { dtype: 'int64', shape: [] }), 'int32')
      .value;
  });
  return new TfList({ dtype: x.dtype, element: x.shape === undefined ? undefined : element, length }, { stacked: x });
}

function item(call: OpCall, list: TfList, index: TfTensor): TfTensor {
  const written = writtenAt(list, index);
  if (written !== undefined) return written;
  const all = stackedItems(list, call.g);
  const shape = all.shape?.slice(1) ?? list.type.element;
  return call.write('Gather', [all, index], { dtype: all.dtype, shape, attributes: { axis: { int: 0 } } });
}

/** An element that was written at a known place since. */
function writtenAt(list: TfList, index: TfTensor): TfTensor | undefined {
  const at = index.numbers?.[0];
  for (let before: TfList | undefined = list; before?.written !== undefined; before = before.written.list) {
    const place = before.written.index.numbers?.[0];
    if (at === undefined || place === undefined) return undefined;
    if (at === place) return before.written.item;
  }
  return undefined;
}

function setItem(list: TfList, index: TfTensor, value: TfTensor): TfList {
  const element = list.type.element === undefined ? value.shape : merged(list.type.element, value.shape);
  return new TfList({ ...list.type, element }, { written: { list, index, item: value } });
}

function stack(call: OpCall, list: TfList, shape: Shape): TfTensor {
  const all = stackedItems(list, call.g);
  if (all.shape !== undefined || shape === undefined) return all;
  return call.write('Identity', [all], { dtype: all.dtype, shape: [null, ...shape] });
}

const length: Operator = (call) => listInput(call, 0).type.length;

export const listOperators: OperatorTable = {
  TensorListReserve: (call) =>
    reserved(call, {
      element: elementShape(call.tensor(0)),
      length: call.tensor(1),
      dtype: call.attrs.dtype('element_dtype'),
    }),
  TensorListFromTensor: (call) => fromTensor(call, call.tensor(0)),
  TensorListStack: (call) => stack(call, listInput(call, 0), elementShape(call.tensor(1))),
  TensorListGetItem: (call) => item(call, listInput(call, 0), call.tensor(1)),
  TensorListSetItem: (call) => setItem(listInput(call, 0), call.tensor(1), call.tensor(2)),
  TensorListLength: length,
  TensorListGather(call) {
    const all = stackedItems(listInput(call, 0), call.g);
    const indices = call.tensor(1);
    const shape =
      all.shape === undefined || indices.shape === undefined ? undefined : [...indices.shape, ...all.shape.slice(1)];
    return call.write('Gather', [all, indices], { dtype: all.dtype, shape, attributes: { axis: { int: 0 } } });
  },
  // TensorFlow 1: the handle names the array, the flow carries its elements.
  TensorArrayV3(call) {
    const dtype = call.attrs.dtype('dtype');
    if (dtype === undefined) throw call.unsupported('makes an array of something that is no tensor');
    const element = call.attrs.has('element_shape') ? fromTfShape(call.attrs.shape('element_shape')) : undefined;
    return [{ kind: 'array', dtype }, reserved(call, { element, length: call.tensor(0), dtype })];
  },
  TensorArrayScatterV3(call) {
    const indices = call.tensor(1).content;
    const list = fromTensor(call, call.tensor(2));
    // Elements in their own order: what `unstack` makes.
    if (indices !== undefined && !indices.every((index, i) => index === i))
      throw call.unsupported('scatters out of order');
    return list;
  },
  TensorArrayGatherV3: (call) => stack(call, listInput(call, 2), undefined),
  TensorArrayReadV3: (call) => item(call, listInput(call, 2), call.tensor(1)),
  TensorArrayWriteV3: (call) => setItem(listInput(call, 3), call.tensor(1), call.tensor(2)),
  TensorArraySizeV3: (call) => listInput(call, 1).type.length,
};
