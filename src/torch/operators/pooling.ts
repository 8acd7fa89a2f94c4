import { int, ints } from '../../onnx/builder/attributes.ts';
import type { Extent, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call, Dim } from './call.ts';
import { piecesOf } from './emit/bounded.ts';
import { batched } from './convolution.ts';
import { binary, unary, where, cast, compare } from './emit/arithmetic.ts';
import { dimOf } from './emit/numbers.ts';
import { isFloat } from './emit/promote.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Outcome, Translate } from './operator.ts';
import { extremeAlong, meanOf } from './reduction.ts';

interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
}

function windowOf(call: Call, dimensions: number): Window {
  const kernel = call.ints('kernel_size', dimensions);
  const stride = call.has('stride') ? call.ints('stride', dimensions) : [];
  return {
    kernel,
    stride: stride.length === 0 ? kernel : stride,
    padding: call.ints('padding', dimensions),
    dilation: call.has('dilation') ? call.ints('dilation', dimensions) : kernel.map(() => 1),
    ceil: call.has('ceil_mode') && call.bool('ceil_mode'),
  };
}

/**
 * The number of windows along a dimension, as PyTorch counts them: one that would begin in the
 * padding behind the input is left out.
 */
function outputSize(extent: number, { kernel, stride, padding, dilation, ceil }: Window, i: number): number {
  const [size, step, pad, spread] = [kernel[i], stride[i], padding[i], dilation[i]] as [number, number, number, number];
  const room = extent + 2 * pad - spread * (size - 1) - 1;
  const count = (ceil ? Math.ceil(room / step) : Math.floor(room / step)) + 1;
  return ceil && (count - 1) * step >= extent + pad ? count - 1 : count;
}

/** How far the last window reaches behind input and padding. */
function overhang(extent: number, window: Window, i: number): number {
  const { kernel, stride, padding, dilation } = window;
  const last = (outputSize(extent, window, i) - 1) * (stride[i] as number);
  const end = last + (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
  return Math.max(0, end - extent - 2 * (padding[i] as number));
}

function outputShape(input: Value, window: Window): readonly Extent[] {
  const extents = window.kernel.map((_, i): Extent => {
    const extent = input.shape?.[i + 2];
    return typeof extent === 'number' ? outputSize(extent, window, i) : null;
  });
  return [input.shape?.[0] ?? null, input.shape?.[1] ?? null, ...extents];
}

function numbers(call: Call, input: Value, dimensions: number): readonly number[] {
  return Array.from({ length: dimensions }, (_, i) => {
    const extent = input.shape?.[i + 2];
    return typeof extent === 'number' ? extent : call.fail('ceil_mode for extents that depend on the input');
  });
}

/** Padding before and after; with `ceil_mode`, more after, so that the last window has its full size. */
function padsOf(call: Call, input: Value, window: Window): readonly number[] {
  const { padding, ceil, kernel } = window;
  const extents = ceil ? numbers(call, input, kernel.length) : [];
  const after = padding.map((pad, i) => pad + (ceil ? overhang(extents[i] as number, window, i) : 0));
  return [...padding, ...after];
}

function maxPool(dimensions: number, withIndices: boolean): Translate {
  return (call) => {
    const { g } = call;
    const window = windowOf(call, dimensions);
    const input = call.tensor('self');
    if (withIndices && call.isUsed(1)) return call.fail('the indices of max pooling');
    const result = batched(call, input, dimensions + 2, (value) => {
      const attributes = {
        kernel_shape: ints(window.kernel),
        strides: ints(window.stride),
        dilations: ints(window.dilation),
        pads: ints(padsOf(call, value, window)),
      };
      const shape = outputShape(value, window);
      if (isFloat(value.dtype)) {
        const found = g.op('MaxPool', [value], attributes, { shape });
        // The engine's comparison loses NaN: where one is in a window, the result is NaN.
        const missing = cast(g, unary(g, 'IsNaN', value, 'bool'), value.dtype);
        const any = g.op('MaxPool', [missing], attributes, { shape });
        const isMissing = compare(g, 'Greater', any, g.scalar(0, value.dtype));
        return where(g, isMissing, g.scalar(Number.NaN, value.dtype), found);
      }
      return cast(g, g.op('MaxPool', [cast(g, value, 'float64')], attributes, { shape }), value.dtype);
    });
    return withIndices ? [result, g.scalar(0, 'int64')] : result;
  };
}

function avgPool(dimensions: number): Translate {
  return (call) => {
    const { g } = call;
    const window = windowOf(call, dimensions);
    const input = call.tensor('self');
    if (input.dtype !== 'float32') return call.fail(`${input.dtype}: the engine pools averages of float32 only`);
    const includePad = call.bool('count_include_pad');
    const divisor = call.has('divisor_override') ? call.int('divisor_override') : undefined;
    const size = window.kernel.reduce((product, extent) => product * extent, 1);
    return batched(call, input, dimensions + 2, (value) => {
      const pads = padsOf(call, value, window);
      const pool = (of: Value, padding: readonly number[]): Value =>
        g.op(
          'AveragePool',
          [of],
          {
            kernel_shape: ints(window.kernel),
            strides: ints(window.stride),
            pads: ints(padding),
            count_include_pad: int(1),
          },
          { shape: outputShape(value, window) },
        );
      const average = pool(value, pads);
      if (divisor !== undefined) return binary(g, 'Mul', average, g.scalar(size / divisor, value.dtype));
      const padded = window.padding.some((pad) => pad > 0);
      const hangs = pads.some((pad, i) => pad !== window.padding[i % dimensions]);
      if (!hangs && (includePad || !padded)) return average;
      // What counts: the input, and with `count_include_pad` the padding that was asked for.
      const share = shareOf(call, value, { window, pads, includePad }, pool);
      return binary(g, 'Div', average, share);
    });
  };
}

/** The share of each window that counts, for extents that are known or not. */
function shareOf(
  call: Call,
  value: Value,
  { window, pads, includePad }: { window: Window; pads: readonly number[]; includePad: boolean },
  pool: (of: Value, padding: readonly number[]) => Value,
): Value {
  const { g } = call;
  const spatial = window.kernel.map((_, i) => shapes.sizeOf(g, value, i + 2));
  const counted = spatial.map(
    (extent, i): Dim => (includePad ? dimOf(g, 'add', extent, 2 * (window.padding[i] as number)) : extent),
  );
  const one = shapes.expand(g, g.scalar(1, value.dtype), [1, 1, ...counted]);
  const dimensions = window.kernel.length;
  const rest = includePad
    ? [...window.padding.map(() => 0), ...window.padding.map((pad, i) => (pads[dimensions + i] as number) - pad)]
    : pads;
  const share = pool(one, rest);
  return { ...share, shape: [1, 1, ...(share.shape ?? []).slice(2)] };
}

/** Bounds of a window of adaptive pooling along a dimension. */
function adaptiveBounds(call: Call, size: Dim, count: number, i: number): { start: Dim; end: Dim } {
  const { g } = call;
  const start = dimOf(g, 'floordiv', dimOf(g, 'mul', size, i), count);
  const end = dimOf(g, 'floordiv', dimOf(g, 'add', dimOf(g, 'mul', size, i + 1), count - 1), count);
  return { start, end };
}

function adaptive(
  dimensions: number,
  pool: (call: Call, value: Value, axes: readonly number[]) => Value,
): (call: Call) => Value {
  return (call) => {
    const { g } = call;
    const input = call.tensor('self');
    const rank = shapes.rankOf(input);
    const first = rank - dimensions;
    const sizes = call.dims('output_size');
    const targets = sizes.length === 1 ? Array.from({ length: dimensions }, () => sizes[0] as Dim) : sizes;
    const axes = Array.from({ length: dimensions }, (_, i) => first + i);
    if (targets.every((target) => target === 1)) return pool(call, input, axes);
    return axes.reduce<Value>((value, axis, i) => {
      const target = targets[i] as Dim;
      const own = value.shape?.[axis];
      if (typeof target !== 'number') {
        return own !== null && own !== undefined && own === target.symbol
          ? value
          : call.fail('an output size that depends on the input');
      }
      if (own === target) return value;
      if (target === 1) return pool(call, value, [axis]);
      const size = shapes.sizeOf(g, value, axis);
      const cells = Array.from({ length: piecesOf(target) }, (_, cell) =>
        pool(call, shapes.slice(g, value, axis, adaptiveBounds(call, size, target, cell)), [axis]),
      );
      return shapes.concat(g, cells, axis);
    }, input);
  };
}

const adaptiveMean = (dimensions: number): Translate =>
  adaptive(dimensions, (call, value, axes) => meanOf(call.g, value, axes, true));

function adaptiveMax(dimensions: number): Translate {
  const write = adaptive(dimensions, (call, value, axes) => extremeAlong(call.g, 'Max', value, { axes, keep: true }));
  return (call): Outcome => {
    if (call.isUsed(1)) return call.fail('the indices of max pooling');
    return [write(call), call.g.scalar(0, 'int64')];
  };
}

/** Pooling of one to three dimensions. */
export const pooling: OperatorFamily = {
  max_pool1d: maxPool(1, false),
  max_pool2d: maxPool(2, false),
  max_pool3d: maxPool(3, false),
  max_pool1d_with_indices: maxPool(1, true),
  max_pool2d_with_indices: maxPool(2, true),
  max_pool3d_with_indices: maxPool(3, true),
  avg_pool1d: avgPool(1),
  avg_pool2d: avgPool(2),
  avg_pool3d: avgPool(3),
  adaptive_avg_pool1d: adaptiveMean(1),
  adaptive_avg_pool2d: adaptiveMean(2),
  _adaptive_avg_pool2d: adaptiveMean(2),
  adaptive_avg_pool3d: adaptiveMean(3),
  _adaptive_avg_pool3d: adaptiveMean(3),
  adaptive_max_pool1d: adaptiveMax(1),
  adaptive_max_pool2d: adaptiveMax(2),
  adaptive_max_pool3d: adaptiveMax(3),
  max_unpool2d: { refused: 'max unpooling needs the indices of max pooling' },
  max_unpool3d: { refused: 'max unpooling needs the indices of max pooling' },
  fractional_max_pool2d: { refused: 'random numbers: a prediction must be repeatable' },
  fractional_max_pool3d: { refused: 'random numbers: a prediction must be repeatable' },
};
