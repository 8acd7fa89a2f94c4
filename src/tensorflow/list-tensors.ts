import { FormatError } from '../errors/format-error.ts';
import type { GraphBuilder } from '../onnx/builder/graph-builder.ts';
import type { TfList } from './tf-list.ts';
import { TfTensor } from './tf-tensor.ts';

/**
 * The elements of a list as one tensor, the elements along its first dimension.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` where places without a value are of an unknown shape
 */
export function stackedItems(list: TfList, g: GraphBuilder): TfTensor {
  list.seen = true;
  if (list.stacked !== undefined) return list.stacked;
  return allWritten(list, g) ?? (list.written === undefined ? empty(list, g) : replaced(list, g));
}

/** A list whose every element was written outside of a loop: its elements joined. */
function allWritten(list: TfList, g: GraphBuilder): TfTensor | undefined {
  const length = list.type.length.numbers?.[0];
  const items = new Map<number, TfTensor>();
  for (let at: TfList | undefined = list; at?.written !== undefined; at = at.written.list) {
    const index = at.written.index.numbers?.[0];
    if (index === undefined) return undefined;
    if (!items.has(index)) items.set(index, at.written.item);
  }
  if (length === undefined || length === 0 || items.size !== length) return undefined;
  const parts = Array.from({ length }, (_, i) => items.get(i));
  if (parts.includes(undefined)) return undefined;
  const axis = g.ints([0]);
  const rows = (parts as TfTensor[]).map((part) => g.op('Unsqueeze', [part.value, axis], {}, { dtype: part.dtype }));
  const item = (parts[0] as TfTensor).shape;
  const shape = item === undefined ? undefined : [length, ...item];
  return TfTensor.of(g.op('Concat', rows, { axis: { int: 0 } }, { dtype: list.type.dtype, shape }));
}

function empty({ type }: TfList, g: GraphBuilder): TfTensor {
  const { element, dtype, length } = type;
  if (element === undefined || !element.every((extent) => typeof extent === 'number')) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      'a list of tensors has places without a value whose shape is not known when the model is loaded',
    );
  }
  const count = g.op('Cast', [length.value], { to: { int: 7 } }, { dtype: 'int64', shape: [] });
  const first = g.op('Reshape', [count, g.ints([1])], {}, { shape: [1] });
  const rest = g.ints(element);
  const shape = g.op('Concat', [first, rest], { axis: { int: 0 } }, { shape: [element.length + 1] });
  const known = length.content?.[0];
  const extent = typeof known === 'boolean' || known === undefined ? null : known;
  return TfTensor.of(g.op('Expand', [g.scalar(0, dtype), shape], {}, { dtype, shape: [extent, ...element] }));
}

function replaced(list: TfList, g: GraphBuilder): TfTensor {
  const { index, item, list: before } = list.written as NonNullable<TfList['written']>;
  const all = stackedItems(before, g);
  const at = g.op('Reshape', [g.op('Cast', [index.value], { to: { int: 7 } }, { dtype: 'int64' }), g.ints([1, 1])], {});
  const row = g.op('Unsqueeze', [item.value, g.ints([0])], {}, { dtype: item.dtype });
  return TfTensor.of(g.op('ScatterND', [all.value, at, row], {}, { dtype: all.dtype, shape: all.shape }));
}
