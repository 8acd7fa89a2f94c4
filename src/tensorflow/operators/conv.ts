import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, OperatorTable } from '../op-call.ts';
import type { TfTensor } from '../tf-tensor.ts';
import { channelsLast, planWindow, spatial, toChannelsFirst, toChannelsLast, type Window } from '../windows.ts';

interface ConvParts {
  /** Channels first. */
  readonly x: TfTensor;
  /** `[out, in / groups, ...kernel]`. */
  readonly weights: TfTensor;
  readonly groups: number;
  readonly window: Window;
}

function convolve(call: OpCall, { x, weights, groups, window }: ConvParts): TfTensor {
  const shape = x.shape as readonly Extent[];
  const { attributes, extents } = planWindow(call, shape.slice(2), window);
  return call.write('Conv', [x, weights], {
    dtype: x.dtype,
    shape: [shape[0] ?? null, weights.shape?.[0] ?? null, ...extents],
    attributes: { ...attributes, group: { int: groups } },
  });
}

/** The filter, its extents known, and the window that it makes. */
function filterOf(
  call: OpCall,
  i: number,
): { readonly filter: TfTensor; readonly extents: readonly number[]; readonly window: Window } {
  const filter = call.tensor(i);
  const extents = filter.shape;
  if (extents === undefined || !extents.every((extent) => typeof extent === 'number')) {
    throw call.unsupported('has a filter whose shape is not known when the model is loaded');
  }
  const last = channelsLast(call);
  const kernel = extents.slice(0, -2);
  const strides = spatial(call.attrs.ints('strides'), last);
  const dilations = call.attrs.ints('dilations');
  const ones = kernel.map(() => 1);
  const window = {
    kernel,
    strides,
    dilations: dilations.length === 0 ? ones : fitted(call, spatial(dilations, last), kernel.length),
  };
  return { filter, extents, window };
}

/** Depthwise convolutions of older versions give dilations of the spatial dimensions only. */
function fitted(call: OpCall, values: readonly number[], count: number): readonly number[] {
  if (values.length === count) return values;
  const all = call.attrs.ints('dilations');
  if (all.length === count) return all;
  throw call.unsupported('has dilations of another number than its filter');
}

function inChannelsFirst(call: OpCall, x: TfTensor): TfTensor {
  if (x.rank === undefined) throw call.unsupported('convolves a tensor of an open number of dimensions');
  return channelsLast(call) ? call.transpose(x, toChannelsFirst(x.rank)) : x;
}

function back(call: OpCall, y: TfTensor): TfTensor {
  return channelsLast(call) ? call.transpose(y, toChannelsLast(y.rank as number)) : y;
}

/** `Conv2D`, `Conv3D`: filter `[...kernel, in / groups, out]`. */
export function conv(call: OpCall): TfTensor {
  const { filter, extents, window } = filterOf(call, 1);
  const rank = extents.length;
  const x = inChannelsFirst(call, call.tensor(0));
  const channels = x.shape?.[1];
  const each = extents[rank - 2] as number;
  const weights = call.transpose(filter, [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)]);
  const groups = typeof channels === 'number' && each > 0 ? channels / each : 1;
  if (!Number.isInteger(groups)) throw call.unsupported(`divides ${channels} channels by ${each}`);
  return back(call, convolve(call, { x, weights, groups, window }));
}

/** Filter `[...kernel, channels, multiplier]`: every channel has filters of its own. */
export function depthwise(call: OpCall): TfTensor {
  const { filter, extents, window } = filterOf(call, 1);
  const [channels, multiplier] = extents.slice(-2) as [number, number];
  const moved = call.transpose(filter, [2, 3, 0, 1]);
  const shape = [channels * multiplier, 1, ...window.kernel];
  const weights = call.write('Reshape', [moved, call.ints(shape)], { shape });
  const x = inChannelsFirst(call, call.tensor(0));
  return back(call, convolve(call, { x, weights, groups: channels, window }));
}

/**
 * The transposed convolution: inputs are the wanted extents, the filter `[...kernel, out, in]` and the tensor.
 * It is computed without padding, then cut to the wanted extents as the forward convolution would have padded.
 */
function transposed(call: OpCall): TfTensor {
  const wanted = call.tensor(0);
  const { filter, extents, window } = filterOf(call, 1);
  const rank = extents.length;
  const last = channelsLast(call);
  const x = inChannelsFirst(call, call.tensor(2));
  const weights = call.transpose(filter, [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)]);
  const { kernel, strides, dilations } = window;
  const reach = kernel.map((size, i) => (dilations[i] as number) * (size - 1) + 1);
  const sizes =
    wanted.content === undefined
      ? kernel.map(() => null)
      : spatialElements(wanted.content, { last, count: kernel.length });
  const given = x.shape?.slice(2) ?? [];
  const attributes = { strides: { ints: strides }, dilations: { ints: dilations }, kernel_shape: { ints: kernel } };
  const outChannels = extents[rank - 2] as number;
  if (!given.every((extent) => typeof extent === 'number') || !sizes.every((size) => typeof size === 'number')) {
    const parts = { x, weights, attributes, wanted: spatialWanted(call, wanted, { last, count: kernel.length }) };
    return back(call, transposedOpen(call, parts, { sizes, outChannels }));
  }
  const totals = given.map(
    (extent, i) => (extent - 1) * (strides[i] as number) + (reach[i] as number) - (sizes[i] as number),
  );
  const padding = call.attrs.text('padding');
  const before = totals.map((total, i) => befores(call, { padding, total, i, count: kernel.length }));
  // What the wanted extent has beyond what the filter reaches is zero.
  const after = totals.map((total, i) => Math.max(total - (before[i] as number), 0));
  const extra = totals.map((total, i) => Math.max((before[i] as number) - total, 0));
  const y = call.write('ConvTranspose', [x, weights], {
    dtype: x.dtype,
    shape: [x.shape?.[0] ?? null, outChannels, ...(sizes as number[])],
    attributes: { ...attributes, pads: { ints: [...before, ...after] }, output_padding: { ints: extra } },
  });
  return back(call, y);
}

/** Wanted spatial extents as a vector of a run. */
function spatialWanted(
  call: OpCall,
  wanted: TfTensor,
  { last, count }: { readonly last: boolean; readonly count: number },
): TfTensor {
  const all = call.cast(wanted, 'int64');
  if (wanted.shape?.[0] === count) return all;
  const first = last ? 1 : 2;
  return call.write('Slice', [all, call.ints([first]), call.ints([first + count])], { shape: [count] });
}

interface OpenParts {
  readonly x: TfTensor;
  readonly weights: TfTensor;
  readonly attributes: Readonly<Record<string, { readonly ints: readonly number[] }>>;
  readonly wanted: TfTensor;
}

/** The same where extents are only known in a run: the whole reach of the filter, then the wanted part of it. */
function transposedOpen(
  call: OpCall,
  { x, weights, attributes, wanted }: OpenParts,
  { sizes, outChannels }: { readonly sizes: readonly unknown[]; readonly outChannels: number },
): TfTensor {
  const count = sizes.length;
  const vector = { dtype: 'int64', shape: [count] } as const;
  const whole = call.write('ConvTranspose', [x, weights], { dtype: x.dtype, attributes });
  const reach = call.write('Shape', [whole], { ...vector, attributes: { start: { int: 2 } } });
  const zero = call.scalar(0, 'int64');
  const over = call.write('Max', [call.write('Sub', [reach, wanted], vector), zero], vector);
  const padding = call.attrs.text('padding');
  if (padding !== 'SAME' && padding !== 'VALID') throw call.unsupported('pads explicitly over open extents');
  const before =
    padding === 'SAME'
      ? call.write('Div', [over, call.scalar(2, 'int64')], vector)
      : call.write('Sub', [over, over], vector);
  const end = call.write('Add', [before, wanted], vector);
  const missing = call.write('Max', [call.write('Sub', [end, reach], vector), zero], vector);
  const zeros = (size: number): ReturnType<OpCall['ints']> => call.ints(Array.from({ length: size }, () => 0));
  const pads = call.write('Concat', [zeros(count + 4), missing], { dtype: 'int64', attributes: { axis: { int: 0 } } });
  const padded = call.write('Pad', [whole, pads], { dtype: x.dtype });
  const axes = call.ints(Array.from({ length: count }, (_, i) => i + 2));
  const extents = sizes.map((size): Extent => (typeof size === 'number' || typeof size === 'string' ? size : null));
  return call.write('Slice', [padded, before, end, axes], {
    dtype: x.dtype,
    shape: [x.shape?.[0] ?? null, outChannels, ...extents],
  });
}

function befores(
  call: OpCall,
  {
    padding,
    total,
    i,
    count,
  }: { readonly padding: string; readonly total: number; readonly i: number; readonly count: number },
): number {
  if (padding === 'SAME') return Math.floor(Math.max(total, 0) / 2);
  if (padding === 'VALID') return 0;
  const pairs = call.attrs.ints('explicit_paddings');
  const inner = channelsLast(call) ? pairs.slice(2) : pairs.slice(4);
  if (inner.length < 2 * count) throw call.unsupported('has explicit paddings of another number than its filter');
  return inner[2 * i] as number;
}

function spatialElements<T>(
  content: readonly T[],
  { last, count }: { readonly last: boolean; readonly count: number },
): readonly T[] {
  // Newer graphs give the spatial extents alone.
  if (content.length === count) return content;
  return last ? content.slice(1, -1) : content.slice(2);
}

export const convOperators: OperatorTable = {
  Conv2D: conv,
  Conv3D: conv,
  DepthwiseConv2dNative: depthwise,
  Conv2DBackpropInput: transposed,
  Conv3DBackpropInputV2: transposed,
};
