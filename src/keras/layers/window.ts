import type { AttributeValue } from '../../formats/onnx-proto/build.ts';
import { ints, text } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';

/** How TensorFlow pads. */
export type Padding = 'valid' | 'same' | 'causal';

/** A window that moves over spatial axes. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
}

/** A window ready to be used: what is padded before, attributes of the operator, and what comes out. */
export interface PlacedWindow {
  readonly value: Value;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly extents: readonly (number | null)[];
}

/**
 * Places a window as TensorFlow does. `same`: the output has `ceil(in / stride)` steps, and what is
 * missing is padded, the odd one at the end. Where the extent is known only at run time and the
 * padding depends on it, ONNX's SAME_UPPER computes the same for windows at least as wide as their
 * step; narrower ones are padded in the graph.
 *
 * @param fill what padding in the graph is made of; default 0
 */
export function placeWindow(
  g: GraphBuilder,
  { value, extents }: { readonly value: Value; readonly extents: readonly (number | null)[] },
  window: Window,
  fill = 0,
): PlacedWindow {
  const { kernel, strides, dilations, padding } = window;
  const wide = kernel.map((k, i) => (k - 1) * (dilations[i] as number) + 1);
  const base = { kernel_shape: ints(kernel), strides: ints(strides), dilations: ints(dilations) };
  const out = extents.map((extent, i) => {
    const [step, width] = [strides[i] as number, wide[i] as number];
    if (extent === null) return null;
    return padding === 'valid' ? Math.floor((extent - width) / step) + 1 : Math.ceil(extent / step);
  });
  if (padding === 'valid') return { value, attributes: base, extents: out };
  if (padding === 'causal') {
    const before = wide.map((width) => width - 1);
    return { value, attributes: { ...base, pads: ints([...before, ...before.map(() => 0)]) }, extents: out };
  }
  const totals = extents.map((extent, i) => {
    const [step, width] = [strides[i] as number, wide[i] as number];
    // With a step of one the padding is the same for every extent; one wide, nothing is ever missing.
    if (step === 1 || width === 1) return width - 1;
    if (extent === null) return undefined;
    return Math.max((Math.ceil(extent / step) - 1) * step + width - extent, 0);
  });
  if (totals.every((total) => total !== undefined)) {
    return { value, attributes: { ...base, pads: ints(split(totals)) }, extents: out };
  }
  const covered = wide.every((width, i) => width >= (strides[i] as number)) && dilations.every((d) => d === 1);
  if (covered) {
    const { dilations: _, ...rest } = base;
    return { value, attributes: { ...rest, auto_pad: text('SAME_UPPER') }, extents: out };
  }
  return { value: padInGraph(g, value, { wide, strides, fill }), attributes: base, extents: out };
}

/** Pads before and after, the odd one after. */
export function split(totals: readonly number[]): readonly number[] {
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, i) => total - (before[i] as number))];
}

interface GraphPadding {
  readonly wide: readonly number[];
  readonly strides: readonly number[];
  readonly fill: number;
}

/** `max((ceil(in / step) - 1) * step + width - in, 0)` zeros, worked out when the graph runs. */
function padInGraph(g: GraphBuilder, value: Value, { wide, strides, fill }: GraphPadding): Value {
  const op = (name: string, a: Value, b: Value): Value => g.op(name, [a, b], {}, { dtype: 'int64' });
  const shape = g.op('Shape', [value], { start: { int: 2 } }, { dtype: 'int64' });
  const step = g.ints(strides);
  const steps = op('Div', op('Add', shape, g.ints(strides.map((s) => s - 1))), step);
  const needed = op('Add', op('Mul', op('Sub', steps, g.ints([1])), step), g.ints(wide));
  const total = op('Max', op('Sub', needed, shape), g.ints([0]));
  const before = op('Div', total, g.ints([2]));
  const none = g.ints([0, 0]);
  const pads = g.op('Concat', [none, before, none, op('Sub', total, before)], { axis: { int: 0 } }, { dtype: 'int64' });
  return g.op('Pad', [value, pads, g.scalar(fill, value.dtype)]);
}
