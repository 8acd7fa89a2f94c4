import { int, ints } from '../../../onnx/builder/attributes.ts';
import {
  constantOf,
  type Layer,
  type LayerSpec,
  type LayerTable,
  optionalConstant,
  rankOf,
  shapeOf,
} from '../layer-context.ts';

/** ONNX's padding, both ends, of PyTorch's: numbers for both ends, `same` with the odd one at the end, `valid`. */
function paddingOf(spec: LayerSpec, kernel: readonly number[], dilation: readonly number[]): number[] {
  const value = spec.raw('padding') ?? 0;
  if (value === 'valid') return [...kernel, ...kernel].map(() => 0);
  if (value === 'same') {
    const totals = kernel.map((size, i) => (dilation[i] as number) * (size - 1));
    return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => total - Math.floor(total / 2))];
  }
  const sizes = spec.sizes('padding', kernel.length, 0);
  return [...sizes, ...sizes];
}

const convolution =
  (dimensions: number): Layer =>
  (input, spec, context) => {
    checkInput(rankOf(input, spec), dimensions, spec);
    const { shape } = context.tensor(spec, 'weight');
    const kernel = shape.slice(2);
    if (kernel.length !== dimensions) throw spec.bad(`has a weight of shape [${shape.join(', ')}]`);
    if (spec.has('kernel_size') && spec.sizes('kernel_size', dimensions).join() !== kernel.join()) {
      throw spec.bad(`has a weight of shape [${shape.join(', ')}], which is another kernel_size`);
    }
    spec.choice('padding_mode', ['zeros']);
    const dilation = spec.sizes('dilation', dimensions, 1);
    const attributes = {
      kernel_shape: ints(kernel),
      strides: ints(spec.sizes('stride', dimensions, 1)),
      dilations: ints(dilation),
      pads: ints(paddingOf(spec, kernel, dilation)),
      group: int(spec.integer('groups', 1)),
    };
    const bias = optionalConstant(context, spec, 'bias');
    spec.expect('bias', bias !== undefined);
    spec.expect('out_channels', shape[0]);
    spec.expect('in_channels', (shape[1] as number) * spec.integer('groups', 1));
    const inputs = [input, constantOf(context, spec, 'weight'), bias];
    return context.graph.op('Conv', inputs, attributes, {
      shape: shapeOf(dimensions + 2, { 1: shape[0] as number }, input.shape),
    });
  };

const transposed =
  (dimensions: number): Layer =>
  (input, spec, context) => {
    checkInput(rankOf(input, spec), dimensions, spec);
    const { shape } = context.tensor(spec, 'weight');
    const kernel = shape.slice(2);
    const groups = spec.integer('groups', 1);
    const padding = spec.sizes('padding', dimensions, 0);
    spec.choice('padding_mode', ['zeros']);
    if (spec.has('kernel_size')) spec.sizes('kernel_size', dimensions);
    const attributes = {
      kernel_shape: ints(kernel),
      strides: ints(spec.sizes('stride', dimensions, 1)),
      dilations: ints(spec.sizes('dilation', dimensions, 1)),
      pads: ints([...padding, ...padding]),
      output_padding: ints(spec.sizes('output_padding', dimensions, 0)),
      group: int(groups),
    };
    const bias = optionalConstant(context, spec, 'bias');
    spec.expect('bias', bias !== undefined);
    spec.expect('in_channels', shape[0]);
    spec.expect('out_channels', (shape[1] as number) * groups);
    const inputs = [input, constantOf(context, spec, 'weight'), bias];
    const channels = (shape[1] as number) * groups;
    return context.graph.op('ConvTranspose', inputs, attributes, {
      shape: shapeOf(dimensions + 2, { 1: channels }, input.shape),
    });
  };

const pooling =
  (opType: 'MaxPool' | 'AveragePool', dimensions: number): Layer =>
  (input, spec, { graph }) => {
    checkInput(rankOf(input, spec), dimensions, spec);
    const kernel = spec.sizes('kernel_size', dimensions);
    const padding = spec.sizes('padding', dimensions, 0);
    const stride = spec.has('stride') && spec.raw('stride') !== null ? spec.sizes('stride', dimensions) : kernel;
    if (spec.boolean('ceil_mode', false)) throw spec.bad('with ceil_mode is not known');
    const attributes = {
      kernel_shape: ints(kernel),
      strides: ints(stride),
      pads: ints([...padding, ...padding]),
      ...(opType === 'MaxPool'
        ? { dilations: ints(spec.sizes('dilation', dimensions, 1)) }
        : { count_include_pad: int(spec.boolean('count_include_pad', true) ? 1 : 0) }),
    };
    const channels = input.shape?.[1];
    const known = typeof channels === 'number' ? { 1: channels } : undefined;
    return graph.op(opType, [input], attributes, { shape: shapeOf(dimensions + 2, known, input.shape) });
  };

/** To one element per channel; other output sizes depend on the input's. */
const global =
  (opType: 'GlobalMaxPool' | 'GlobalAveragePool', dimensions: number): Layer =>
  (input, spec, { graph }) => {
    checkInput(rankOf(input, spec), dimensions, spec);
    const sizes = spec.sizes('output_size', dimensions, 1);
    if (sizes.some((size) => size !== 1)) throw spec.bad('is known for an output_size of 1 only');
    const shape = [...(input.shape ?? []).slice(0, 2), ...sizes];
    return graph.op(opType, [input], {}, { shape });
  };

function checkInput(rank: number, dimensions: number, spec: LayerSpec): void {
  if (rank !== dimensions + 2) throw spec.bad(`takes inputs of ${dimensions + 2} dimensions, gets ${rank}`);
}

/** Convolutions and pooling, in one to three dimensions. */
export const CONVOLUTION_LAYERS: LayerTable = new Map(
  [1, 2, 3].flatMap((dimensions): [string, Layer][] => [
    [`Conv${dimensions}d`, convolution(dimensions)],
    [`ConvTranspose${dimensions}d`, transposed(dimensions)],
    [`MaxPool${dimensions}d`, pooling('MaxPool', dimensions)],
    [`AvgPool${dimensions}d`, pooling('AveragePool', dimensions)],
    [`AdaptiveMaxPool${dimensions}d`, global('GlobalMaxPool', dimensions)],
    [`AdaptiveAvgPool${dimensions}d`, global('GlobalAveragePool', dimensions)],
  ]),
);
