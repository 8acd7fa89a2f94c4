import type { OpCall } from './op-call.ts';
import type { TfListType } from './tf-list.ts';
import type { TfTensor } from './tf-tensor.ts';

/**
 * What a loop collected, one element per turn, as a list of the length that was reserved for it: places
 * that no turn wrote to are zero.
 */
export function padScan(call: OpCall, scan: TfTensor, { length }: TfListType): TfTensor {
  const { g } = call;
  const { shape } = scan;
  if (shape === undefined) throw call.unsupported('collects tensors of an open number of dimensions');
  const turns = g.op('Shape', [scan.value], { start: { int: 0 }, end: { int: 1 } }, { dtype: 'int64', shape: [1] });
  const wanted = g.op('Reshape', [call.cast(length, 'int64').value, g.ints([1])], {}, { shape: [1] });
  const missing = g.op('Max', [g.op('Sub', [wanted, turns], {}, { shape: [1] }), g.ints([0])], {}, { shape: [1] });
  const zeros = (count: number): ReturnType<typeof g.ints> => g.ints(Array.from({ length: count }, () => 0));
  const parts = [zeros(shape.length), missing, ...(shape.length > 1 ? [zeros(shape.length - 1)] : [])];
  const pads = g.op('Concat', parts, { axis: { int: 0 } }, { dtype: 'int64', shape: [2 * shape.length] });
  const reserved = length.content?.[0];
  const extent = typeof reserved === 'boolean' || reserved === undefined ? null : reserved;
  return call.write('Pad', [scan, pads], { shape: [extent, ...shape.slice(1)] });
}
