import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, Operator, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';
import { channelsLast } from '../windows.ts';

const scale = (extent: Extent | undefined, factor: number): Extent =>
  typeof extent === 'number' ? extent * factor : factor === 1 ? (extent ?? null) : null;

const blocks =
  (opType: 'SpaceToDepth' | 'DepthToSpace'): Operator =>
  (call) => {
    const last = channelsLast(call);
    const size = call.attrs.int('block_size', 1);
    const x = last ? call.transpose(call.tensor(0), [0, 3, 1, 2]) : call.tensor(0);
    const [rows = null, channels = null, height = null, width = null] = x.shape ?? [];
    const factor = opType === 'SpaceToDepth' ? 1 / size : size;
    const shape = [rows, scale(channels, 1 / factor ** 2), scale(height, factor), scale(width, factor)];
    const y = call.write(opType, [x], { dtype: x.dtype, shape, attributes: { blocksize: { int: size } } });
    return last ? call.transpose(y, [0, 2, 3, 1]) : y;
  };

/** Reshape by extents of which some are only known in a run: those are read off the tensor. */
function reshapeBy(
  call: OpCall,
  x: TfTensor,
  extents: readonly (Extent | { readonly of: number; readonly times: number; readonly over: number })[],
): TfTensor {
  const shape = extents.map((extent): Extent => (typeof extent === 'object' ? null : extent));
  const open = extents.filter((extent) => typeof extent !== 'number');
  if (open.length <= 1) {
    return call.write('Reshape', [x, call.ints(extents.map((extent) => (typeof extent === 'number' ? extent : -1)))], {
      dtype: x.dtype,
      shape,
    });
  }
  throw call.unsupported('moves blocks between rows and space over several open extents');
}

/** Rows are taken apart into blocks of space: what dilated convolutions of TensorFlow 1 do around a plain one. */
function batchToSpace(call: OpCall, block: readonly number[], crops: readonly number[]): TfTensor {
  const x = call.tensor(0);
  const [rows = null, ...rest] = call.shapeOf(0);
  const count = block.length;
  const area = block.reduce((a, b) => a * b, 1);
  const apart = reshapeBy(call, x, [...block, scaleDown(rows, area), ...rest]);
  const rank = 1 + rest.length + count;
  const perm = [count];
  for (let i = 0; i < count; i++) perm.push(count + 1 + i, i);
  for (let i = 2 * count + 1; i < rank; i++) perm.push(i);
  const woven = call.transpose(apart, perm);
  const spatial = rest.slice(0, count).map((extent, i) => scale(extent, block[i] as number));
  const joined = reshapeBy(call, woven, [scaleDown(rows, area), ...spatial, ...rest.slice(count)]);
  if (crops.every((crop) => crop === 0)) return joined;
  const starts = block.map((_, i) => crops[2 * i] as number);
  const ends = block.map((_, i) => {
    const after = crops[2 * i + 1] as number;
    return after === 0 ? Number.MAX_SAFE_INTEGER : -after;
  });
  const shape = joined.shape?.map((extent, i) =>
    i > 0 && i <= count && typeof extent === 'number'
      ? extent - (crops[2 * i - 2] as number) - (crops[2 * i - 1] as number)
      : extent,
  );
  const axes = block.map((_, i) => i + 1);
  return call.write('Slice', [joined, call.ints(starts), call.ints(ends), call.ints(axes)], { dtype: x.dtype, shape });
}

function spaceToBatch(call: OpCall, block: readonly number[], paddings: readonly number[]): TfTensor {
  const given = call.tensor(0);
  const count = block.length;
  const trailing = call.shapeOf(0).length - 1 - count;
  const zeros = Array.from({ length: trailing }, () => 0);
  const pads = [
    0,
    ...block.map((_, i) => paddings[2 * i] as number),
    ...zeros,
    0,
    ...block.map((_, i) => paddings[2 * i + 1] as number),
    ...zeros,
  ];
  const padded = given.shape?.map((extent, i): Extent => {
    if (i === 0 || i > count) return extent;
    return typeof extent === 'number'
      ? extent + (paddings[2 * i - 2] as number) + (paddings[2 * i - 1] as number)
      : null;
  });
  const x = call.write('Pad', [given, call.ints(pads)], { dtype: given.dtype, shape: padded });
  const [rows = null, ...rest] = x.shape as readonly Extent[];
  const parts = block.flatMap((size, i): Extent[] => [scaleDown(rest[i] ?? null, size), size]);
  const apart = reshapeBy(call, x, [rows, ...parts, ...rest.slice(count)]);
  const rank = 1 + 2 * count + trailing;
  const perm = [...block.map((_, i) => 2 * i + 2), 0, ...block.map((_, i) => 2 * i + 1)];
  for (let i = 2 * count + 1; i < rank; i++) perm.push(i);
  const moved = call.transpose(apart, perm);
  const area = block.reduce((a, b) => a * b, 1);
  const spatial = block.map((size, i) => scaleDown(rest[i] ?? null, size));
  return reshapeBy(call, moved, [scale(rows, area), ...spatial, ...rest.slice(count)]);
}

const scaleDown = (extent: Extent, by: number): Extent =>
  typeof extent === 'number' ? extent / by : by === 1 ? extent : null;

export const spaceOperators: OperatorTable = {
  SpaceToDepth: blocks('SpaceToDepth'),
  DepthToSpace: blocks('DepthToSpace'),
  SpaceToBatchND: (call) => spaceToBatch(call, call.numbers(1, 'block'), call.numbers(2, 'padding')),
  BatchToSpaceND: (call) => batchToSpace(call, call.numbers(1, 'block'), call.numbers(2, 'crop')),
  SpaceToBatch(call) {
    const size = call.attrs.int('block_size', 1);
    return spaceToBatch(call, [size, size], call.numbers(1, 'padding'));
  },
  BatchToSpace(call) {
    const size = call.attrs.int('block_size', 1);
    return batchToSpace(call, [size, size], call.numbers(1, 'crop'));
  },
};
