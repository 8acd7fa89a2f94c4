import type { AttributeValue } from '../formats/onnx-proto/build.ts';
import type { Extent } from '../onnx/builder/graph-builder.ts';
import type { OpCall } from './op-call.ts';

/** How a window moves over the spatial dimensions: one number per dimension. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** Padding of a window as ONNX says it, and the extents of the result. */
export interface WindowPlan {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly extents: readonly Extent[];
  /** Befores, then afters; `undefined` where the engine works them out from the input (`auto_pad`). */
  readonly pads: readonly number[] | undefined;
}

/** Channels last, as TensorFlow's default has it? */
export function channelsLast(call: OpCall): boolean {
  const format = call.attrs.text('data_format', 'NHWC');
  if (/^N(D?HW|W)C$/.test(format)) return true;
  if (/^NC(D?HW|W)$/.test(format)) return false;
  throw call.unsupported(`has its channels where ${JSON.stringify(format)} says, which is not known`);
}

/** The numbers of an attribute that belong to the spatial dimensions. */
export function spatial(values: readonly number[], last: boolean): readonly number[] {
  return last ? values.slice(1, -1) : values.slice(2);
}

/** Channels-first order of the dimensions of a channels-last tensor. */
export function toChannelsFirst(rank: number): readonly number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

export function toChannelsLast(rank: number): readonly number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

/**
 * Padding of a forward window: `SAME` leaves as many positions as the stride allows and puts an odd
 * element at the end; `VALID` pads nothing; `EXPLICIT` says it.
 */
export function planWindow(call: OpCall, given: readonly Extent[], window: Window): WindowPlan {
  const { kernel, strides, dilations } = window;
  const padding = call.attrs.text('padding', 'VALID');
  const reach = kernel.map((size, i) => (dilations[i] ?? 1) * (size - 1) + 1);
  const base = { strides: { ints: strides }, dilations: { ints: dilations }, kernel_shape: { ints: kernel } };
  if (padding === 'SAME') {
    const extents = given.map((extent, i) =>
      typeof extent === 'number' ? Math.ceil(extent / (strides[i] as number)) : null,
    );
    const totals = given.map((extent, i) =>
      typeof extent === 'number'
        ? Math.max(((extents[i] as number) - 1) * (strides[i] as number) + (reach[i] as number) - extent, 0)
        : strides[i] === 1
          ? (reach[i] as number) - 1
          : undefined,
    );
    if (totals.includes(undefined)) {
      return { attributes: { ...base, auto_pad: { text: 'SAME_UPPER' } }, extents, pads: undefined };
    }
    const pads = [
      ...(totals as number[]).map((total) => Math.floor(total / 2)),
      ...(totals as number[]).map((total) => Math.ceil(total / 2)),
    ];
    const same = given.map((extent, i) => (strides[i] === 1 ? extent : (extents[i] ?? null)));
    return { attributes: { ...base, pads: { ints: pads } }, extents: same, pads };
  }
  const pads = padding === 'EXPLICIT' ? explicit(call) : Array.from({ length: 2 * kernel.length }, () => 0);
  const extents = given.map((extent, i) => {
    if (typeof extent !== 'number') return null;
    const room = extent + (pads[i] as number) + (pads[i + kernel.length] as number) - (reach[i] as number);
    return Math.floor(room / (strides[i] as number)) + 1;
  });
  return { attributes: { ...base, pads: { ints: pads } }, extents, pads };
}

function explicit(call: OpCall): readonly number[] {
  const pairs = call.attrs.ints('explicit_paddings');
  const inner = channelsLast(call) ? pairs.slice(2, -2) : pairs.slice(4);
  return [...inner.filter((_, i) => i % 2 === 0), ...inner.filter((_, i) => i % 2 === 1)];
}
