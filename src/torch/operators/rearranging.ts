import { int, text } from '../../onnx/builder/attributes.ts';
import type { Value } from '../../onnx/builder/graph-builder.ts';
import type { Call, Dim } from './call.ts';
import { elementsOf } from './emit/bounded.ts';
import { binary } from './emit/arithmetic.ts';
import { dimOf } from './emit/numbers.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily } from './operator.ts';
import { normOf } from './reduction.ts';

const { axisOf, axesOf, dimsOf, rankOf, reshape, sizeOf, transpose } = shapes;

function flip(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const axes = axesOf(call.ints('dims'), rankOf(value));
  if (axes.length === 0 || rankOf(value) === 0) return value;
  const all = (number: bigint): Value => g.ints(axes.map(() => number));
  // Past the first element: counted from the end, -1 would be the last.
  const inputs = [value, all(-1n), all(-(2n ** 62n)), g.ints(axes), all(-1n)];
  return g.op('Slice', inputs, {}, { shape: value.shape });
}

function roll(call: Call): Value {
  const { g } = call;
  const self = call.tensor('self');
  const shifts = call.dims('shifts');
  const dims = call.ints('dims');
  const flat = dims.length === 0;
  const start = flat ? reshape(g, self, [-1]) : self;
  const axes = flat ? [0] : axesOf(dims, rankOf(self));
  const rolled = axes.reduce<Value>((value, axis, i) => {
    const size = sizeOf(g, value, axis);
    if (size === 0) return value;
    const cut = dimOf(g, 'mod', dimOf(g, 'sub', size, shifts[i] as Dim), size);
    if (cut === 0) return value;
    const tail = shapes.slice(g, value, axis, { start: cut, end: 2 ** 63 });
    const head = shapes.slice(g, value, axis, { start: 0, end: cut });
    return { ...shapes.concat(g, [tail, head], axis), shape: value.shape };
  }, start);
  return flat ? reshape(g, rolled, dimsOf(g, self)) : rolled;
}

function rot90(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const [a, b] = axesOf(call.ints('dims'), rankOf(value)) as [number, number];
  const turns = ((call.int('k') % 4) + 4) % 4;
  const flipped = (of: Value, axes: readonly number[]): Value => {
    const all = (number: bigint): Value => g.ints(axes.map(() => number));
    return g.op('Slice', [of, all(-1n), all(-(2n ** 62n)), g.ints(axes), all(-1n)], {}, { shape: of.shape });
  };
  if (turns === 0) return value;
  if (turns === 2) return flipped(value, [a, b]);
  return turns === 1 ? shapes.swap(g, flipped(value, [b]), a, b) : flipped(shapes.swap(g, value, a, b), [b]);
}

function pixelShuffle(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const factor = call.int('upscale_factor');
  const dims = dimsOf(g, value);
  const [channels, height, width] = dims.slice(-3) as [Dim, Dim, Dim];
  const lead = dims.slice(0, -3);
  const rank = lead.length;
  const fewer = dimOf(g, 'floordiv', channels, factor * factor);
  const split = reshape(g, value, [...lead, fewer, factor, factor, height, width]);
  const order = [...lead.map((_, i) => i), rank, rank + 3, rank + 1, rank + 4, rank + 2];
  const grown = [dimOf(g, 'mul', height, factor), dimOf(g, 'mul', width, factor)];
  return reshape(g, transpose(g, split, order), [...lead, fewer, ...grown]);
}

function pixelUnshuffle(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const factor = call.int('downscale_factor');
  const dims = dimsOf(g, value);
  const [channels, height, width] = dims.slice(-3) as [Dim, Dim, Dim];
  const lead = dims.slice(0, -3);
  const rank = lead.length;
  const [small, narrow] = [dimOf(g, 'floordiv', height, factor), dimOf(g, 'floordiv', width, factor)];
  const split = reshape(g, value, [...lead, channels, small, factor, narrow, factor]);
  const order = [...lead.map((_, i) => i), rank, rank + 2, rank + 4, rank + 1, rank + 3];
  return reshape(g, transpose(g, split, order), [...lead, dimOf(g, 'mul', channels, factor * factor), small, narrow]);
}

function channelShuffle(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const groups = call.int('groups');
  const [batch, channels, ...rest] = dimsOf(g, value) as [Dim, Dim, ...Dim[]];
  const split = reshape(g, value, [batch, groups, dimOf(g, 'floordiv', channels, groups), ...rest]);
  const order = [0, 2, 1, ...rest.map((_, i) => i + 3)];
  return reshape(g, transpose(g, split, order), [batch, channels, ...rest]);
}

/** Windows of a dimension, in a new last dimension. */
function unfold(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const axis = axisOf(call.int('dimension'), rankOf(value));
  const [size, step] = [call.int('size'), call.int('step')];
  const extent = value.shape?.[axis];
  if (typeof extent !== 'number') return call.fail('windows of an extent that depends on the input');
  const count = Math.floor((extent - size) / step) + 1;
  const places = BigInt64Array.from({ length: elementsOf(count * size) }, (_, i) =>
    BigInt(Math.floor(i / size) * step + (i % size)),
  );
  const index = g.constant({ data: places, shape: [count, size], dtype: 'int64' });
  const own = value.shape ?? [];
  const shape = [...own.slice(0, axis), count, size, ...own.slice(axis + 1)];
  const found = g.op('Gather', [value, index], { axis: int(axis) }, { shape });
  const order = shape.map((_, i) => i).filter((i) => i !== axis + 1);
  return transpose(g, found, [...order, axis + 1]);
}

/** `F.unfold`: the patches of images as columns. */
function im2col(call: Call): Value {
  const { g } = call;
  const [kernel, dilation, padding, stride] = ['kernel_size', 'dilation', 'padding', 'stride'].map((name) =>
    call.ints(name, 2),
  ) as [readonly number[], readonly number[], readonly number[], readonly number[]];
  const self = call.tensor('self');
  const single = rankOf(self) === 3;
  const value = single ? shapes.unsqueeze(g, self, [0]) : self;
  const [batch = null, channels, ...extents] = value.shape ?? [];
  if (typeof channels !== 'number' || !extents.every((extent) => typeof extent === 'number')) {
    return call.fail('patches of images whose size depends on the input');
  }
  const counts = extents.map((extent, i) => {
    const reach = (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
    return Math.floor((extent + 2 * (padding[i] as number) - reach) / (stride[i] as number)) + 1;
  });
  const pads = g.ints([0, 0, ...padding, 0, 0, ...padding]);
  const padded = g.op('Pad', [value, pads, g.scalar(0, value.dtype)], { mode: text('constant') }, { shape: undefined });
  const places = (i: number): Value => {
    const data = BigInt64Array.from({ length: elementsOf((kernel[i] as number) * (counts[i] as number)) }, (_, at) => {
      const [tap, window] = [Math.floor(at / (counts[i] as number)), at % (counts[i] as number)];
      return BigInt(tap * (dilation[i] as number) + window * (stride[i] as number));
    });
    return g.constant({ data, shape: [kernel[i] as number, counts[i] as number], dtype: 'int64' });
  };
  const rows = g.op('Gather', [padded, places(0)], { axis: int(2) }, { shape: undefined });
  const whole = g.op(
    'Gather',
    [rows, places(1)],
    { axis: int(4) },
    {
      shape: [batch, channels, kernel[0] as number, counts[0] as number, kernel[1] as number, counts[1] as number],
    },
  );
  const order = transpose(g, whole, [0, 1, 2, 4, 3, 5]);
  const columns = (counts[0] as number) * (counts[1] as number);
  const taps = channels * (kernel[0] as number) * (kernel[1] as number);
  const result = reshape(g, order, [sizeOf(g, value, 0), taps, columns]);
  return single ? shapes.squeeze(g, result, [0]) : result;
}

function diagonal(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const rank = rankOf(value);
  const [a, b] = [axisOf(call.int('dim1'), rank), axisOf(call.int('dim2'), rank)];
  const [rows, columns] = [value.shape?.[a], value.shape?.[b]];
  if (typeof rows !== 'number' || typeof columns !== 'number') {
    return call.fail('the diagonal of extents that depend on the input');
  }
  const offset = call.int('offset');
  const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  const order = [a, b, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== a && i !== b)];
  const front = transpose(g, value, order);
  const data = BigInt64Array.from({ length: elementsOf(2 * length) }, (_, i) => {
    const step = Math.floor(i / 2);
    return BigInt(i % 2 === 0 ? step - Math.min(offset, 0) : step + Math.max(offset, 0));
  });
  const places = g.constant({ data, shape: [length, 2], dtype: 'int64' });
  const shape = [length, ...(front.shape ?? []).slice(2)];
  const found = g.op('GatherND', [front, places], {}, { shape });
  return transpose(g, found, [...shape.slice(1).map((_, i) => i + 1), 0]);
}

function diagEmbed(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  const extent = value.shape?.at(-1);
  const [a, b] = [call.int('dim1'), call.int('dim2')];
  if (call.int('offset') !== 0 || a !== -2 || b !== -1 || typeof extent !== 'number') {
    return call.fail('a diagonal elsewhere than in the last two dimensions, or of unknown extent');
  }
  const data = Float32Array.from({ length: elementsOf(extent * extent) }, (_, i) => (i % (extent + 1) === 0 ? 1 : 0));
  const eye = g.constant({ data, shape: [extent, extent], dtype: 'float32' });
  const on = g.op('Cast', [eye], { to: int(9) }, { dtype: 'bool', shape: [extent, extent] });
  const wide = shapes.unsqueeze(g, value, [rankOf(value)]);
  const zero = g.op('Sub', [wide, wide], {}, { shape: wide.shape });
  const shape = [...(value.shape ?? []), extent];
  return g.op('Where', [on, wide, { ...zero }], {}, { dtype: value.dtype, shape });
}

function trace(call: Call): Value {
  const { g } = call;
  const value = call.tensor('self');
  return g.op('Einsum', [value], { equation: text('ii->') }, { shape: [] });
}

/** Distances between each two rows of two sets. */
function cdist(call: Call): Value {
  const { g } = call;
  const [a, b] = [call.tensor('x1'), call.tensor('x2')];
  const difference = binary(g, 'Sub', shapes.unsqueeze(g, a, [rankOf(a) - 1]), shapes.unsqueeze(g, b, [rankOf(b) - 2]));
  return normOf(g, difference, call.float('p'), { axes: [rankOf(difference) - 1], keep: false });
}

/** Elements in another order. */
export const rearranging: OperatorFamily = {
  flip,
  fliplr: (call) => flipAxis(call, 1),
  flipud: (call) => flipAxis(call, 0),
  roll,
  rot90,
  pixel_shuffle: pixelShuffle,
  pixel_unshuffle: pixelUnshuffle,
  channel_shuffle: channelShuffle,
  unfold,
  unfold_copy: unfold,
  im2col,
  diagonal,
  diagonal_copy: diagonal,
  diag_embed: diagEmbed,
  trace,
  cdist,
  _cdist_forward: cdist,
};

function flipAxis(call: Call, axis: number): Value {
  const { g } = call;
  const value = call.tensor('self');
  const inputs = [value, g.ints([-1]), g.ints([-(2n ** 62n)]), g.ints([axis]), g.ints([-1])];
  return g.op('Slice', inputs, {}, { shape: value.shape });
}
