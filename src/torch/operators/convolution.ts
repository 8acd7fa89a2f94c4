import { int, ints } from '../../onnx/builder/attributes.ts';
import type { Extent, Value } from '../../onnx/builder/graph-builder.ts';
import type { Call } from './call.ts';
import * as shapes from './emit/shapes.ts';
import type { OperatorFamily, Translate } from './operator.ts';

const { rankOf } = shapes;

interface Geometry {
  readonly stride: readonly number[];
  /** Before and after, per dimension. */
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** `padding` as numbers, or as the words `same` and `valid`. */
function paddingOf(call: Call, kernel: readonly Extent[], dilation: readonly number[]): Geometry['padding'] {
  if (call.arg('padding').kind !== 'string') {
    return call.ints('padding', kernel.length).map((pad) => [pad, pad] as const);
  }
  const word = call.text('padding');
  if (word === 'valid') return kernel.map(() => [0, 0] as const);
  if (word !== 'same') return call.fail(`padding ${word}`);
  return kernel.map((size, i) => {
    if (typeof size !== 'number') return call.fail('a kernel of unknown size');
    const total = (dilation[i] as number) * (size - 1);
    const before = Math.floor(total / 2);
    return [before, total - before] as const;
  });
}

/** Runs a layer for images without a batch too: a dimension is added and taken away. */
export function batched(call: Call, input: Value, rank: number, write: (value: Value) => Value): Value {
  if (input.shape === undefined || input.shape.length === rank) return write(input);
  if (input.shape.length !== rank - 1) return call.fail(`${input.shape.length} dimensions, where ${rank} are due`);
  return shapes.squeeze(call.g, write(shapes.unsqueeze(call.g, input, [0])), [0]);
}

function checked(call: Call, value: Value): Value {
  return value.dtype === 'float32' ? value : call.fail(`${value.dtype}: the engine convolves float32 only`);
}

function spatial(input: Value, dimensions: number, size: (extent: number, i: number) => number): readonly Extent[] {
  return Array.from({ length: dimensions }, (_, i): Extent => {
    const extent = input.shape?.[i + 2];
    return typeof extent === 'number' ? size(extent, i) : null;
  });
}

function convolve(call: Call, geometry: Geometry): Value {
  const { g } = call;
  const weight = checked(call, call.tensor('weight'));
  const bias = call.tensorOr('bias');
  const kernel = shapes.shapeOf(weight).slice(2);
  const { stride, padding, dilation, groups } = geometry;
  return batched(call, checked(call, call.tensor('input')), kernel.length + 2, (input) => {
    const extents = spatial(input, kernel.length, (extent, i) => {
      const [before, after] = padding[i] as readonly [number, number];
      const reach = (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
      return Math.floor((extent + before + after - reach) / (stride[i] as number)) + 1;
    });
    const attributes = {
      strides: ints(stride),
      dilations: ints(dilation),
      pads: ints([...padding.map(([before]) => before), ...padding.map(([, after]) => after)]),
      group: int(groups),
    };
    const shape = [input.shape?.[0] ?? null, weight.shape?.[0] ?? null, ...extents];
    return g.op('Conv', [input, weight, bias], attributes, { shape });
  });
}

function convolveTransposed(call: Call, geometry: Geometry, extra: readonly number[]): Value {
  const { g } = call;
  const weight = checked(call, call.tensor('weight'));
  const bias = call.tensorOr('bias');
  const kernel = shapes.shapeOf(weight).slice(2);
  const { stride, padding, dilation, groups } = geometry;
  return batched(call, checked(call, call.tensor('input')), kernel.length + 2, (input) => {
    const extents = spatial(input, kernel.length, (extent, i) => {
      const [before, after] = padding[i] as readonly [number, number];
      const reach = (dilation[i] as number) * ((kernel[i] as number) - 1) + 1;
      return (extent - 1) * (stride[i] as number) - before - after + reach + (extra[i] as number);
    });
    const attributes = {
      strides: ints(stride),
      dilations: ints(dilation),
      pads: ints([...padding.map(([before]) => before), ...padding.map(([, after]) => after)]),
      output_padding: ints(extra),
      group: int(groups),
    };
    const channels = weight.shape?.[1];
    const shape = [input.shape?.[0] ?? null, typeof channels === 'number' ? channels * groups : null, ...extents];
    return g.op('ConvTranspose', [input, weight, bias], attributes, { shape });
  });
}

function conv(call: Call): Value {
  const kernel = shapes.shapeOf(call.tensor('weight')).slice(2);
  const dilation = call.ints('dilation', kernel.length);
  return convolve(call, {
    stride: call.ints('stride', kernel.length),
    padding: paddingOf(call, kernel, dilation),
    dilation,
    groups: call.int('groups'),
  });
}

function convTransposed(call: Call): Value {
  const dimensions = rankOf(call.tensor('weight')) - 2;
  const pads = call.ints('padding', dimensions);
  const geometry = {
    stride: call.ints('stride', dimensions),
    padding: pads.map((pad) => [pad, pad] as const),
    dilation: call.ints('dilation', dimensions),
    groups: call.int('groups'),
  };
  return convolveTransposed(call, geometry, call.ints('output_padding', dimensions));
}

const convolution_: Translate = (call) => (call.bool('transposed') ? convTransposed(call) : conv(call));

/** Convolutions of one to three dimensions. */
export const convolution: OperatorFamily = {
  conv1d: conv,
  conv2d: conv,
  conv3d: conv,
  conv_transpose1d: convTransposed,
  conv_transpose2d: convTransposed,
  conv_transpose3d: convTransposed,
  convolution: convolution_,
  _convolution: convolution_,
};
