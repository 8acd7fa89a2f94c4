import type { TensorLike } from '../../../spec/tensor.ts';
import { Arithmetic } from '../../graph/arithmetic.ts';
import { cast } from '../../graph/cast.ts';
import { filled } from '../../graph/filled.ts';
import { isFloat } from '../../graph/compute-type.ts';
import { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../../graph/layer-type.ts';
import type { LayerConfig } from '../../model/layer-config.ts';

/** `Normalization`: features less their mean, over their deviation; both learned by `adapt`, or given. */
export const NORMALIZATION_LAYER: LayerType = {
  weights: ({ config }) =>
    config.has('mean') ? [] : ['mean', 'variance', 'count'].map((name) => ({ name, trainable: false })),
  check: ({ config }) => void statedNumbers(config, 'mean'),
  translate: normalize,
};

/** `backend.epsilon()`: no deviation is smaller. */
const LEAST = 1e-7;

function normalize(call: LayerCall): KerasTensor {
  const { g, config, dtype } = call;
  if (!isFloat(dtype)) throw config.unsupported(`computes in ${dtype}`);
  const x = cast(g, call.input(), dtype);
  const kept = keptAxes(config, x.rank);
  const extents = kept.map((axis) => x.shape[axis] ?? null);
  const [mean, variance] = ['mean', 'variance'].map((key) =>
    config.has('mean')
      ? stated(call, key, { kept, rank: x.rank })
      : adapted(call, key, { kept, extents, rank: x.rank }),
  ) as [TensorLike, TensorLike];
  const single = dtype === 'float32' ? Math.fround : (n: number): number => n;
  const roots = Array.from(variance.data as ArrayLike<number>, (n) => Math.max(single(Math.sqrt(n)), LEAST));
  const deviation = { ...variance, data: floats(roots, dtype) };
  const m = new Arithmetic(g, dtype);
  const [center, spread] = [g.constant(mean, 'mean'), g.constant(deviation, 'deviation')];
  const value = x.plain();
  const result = config.boolean('invert', false)
    ? m.add(center, m.mul(value, spread))
    : m.div(m.sub(value, center), spread);
  return KerasTensor.of(g, result, { shape: x.shape, dtype });
}

/** Axes with a mean of their own, ascending; none where `axis` is `null`: one mean for everything. */
function keptAxes(config: LayerConfig, rank: number): readonly number[] {
  const raw = config.raw('axis');
  const given = raw === null ? [] : config.integers('axis', { fallback: [-1] });
  const axes = given.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (axes.some((axis) => axis < 0 || axis >= rank)) throw config.mistyped('axis', `axes of a tensor of rank ${rank}`);
  return axes;
}

interface Placing {
  readonly kept: readonly number[];
  readonly rank: number;
}

function adapted(
  { weights }: LayerCall,
  key: string,
  { kept, extents, rank }: Placing & { readonly extents: readonly (number | null)[] },
): TensorLike {
  const tensor = weights.get(key, extents);
  return { ...tensor, shape: placed(tensor.shape, { kept, rank }) };
}

function stated({ config, dtype }: LayerCall, key: string, placing: Placing): TensorLike {
  const { numbers, shape } = statedNumbers(config, key);
  // One number stands for all, as does a list of one.
  return { data: floats(numbers, dtype), shape: numbers.length === 1 ? [] : placed(shape, placing), dtype };
}

/** Extents at their axes, from the last one on; 1 elsewhere. */
function placed(extents: readonly number[], { kept, rank }: Placing): readonly number[] {
  const shape = filled(rank, 1);
  for (let i = 1; i <= extents.length; i++) {
    const axis = kept.at(-i);
    if (axis !== undefined) shape[axis] = extents.at(-i) as number;
  }
  return shape;
}

function floats(numbers: readonly number[], dtype: string): Float32Array | Float64Array {
  return dtype === 'float64' ? Float64Array.from(numbers) : Float32Array.from(numbers);
}

/** A number, or nested lists of them. */
function statedNumbers(
  config: LayerConfig,
  key: string,
): { readonly numbers: readonly number[]; readonly shape: readonly number[] } {
  const value = config.raw(key) ?? 0;
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  const numbers = (Array.isArray(value) ? value.flat(shape.length) : [value]) as unknown[];
  const count = shape.reduce((product, n) => product * n, 1);
  if (numbers.length !== count || !numbers.every((n) => typeof n === 'number'))
    throw config.mistyped(key, 'a number or lists of numbers');
  return { numbers, shape };
}
