import { int, ints } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { cast } from '../graph/cast.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall } from '../graph/layer-type.ts';
import { axisOf } from './axis-functions.ts';

/** `Dot`: products summed over one axis of each input, row by row of the batch. */
export function dot(call: LayerCall): KerasTensor {
  const { g, config, layer, inputs, dtype } = call;
  const [a, b] = inputs.map((tensor) => cast(g, tensor, dtype));
  if (a === undefined || b === undefined || inputs.length !== 2 || a.rank < 2 || b.rank < 2) {
    throw config.malformed('must be called on two tensors of at least two dimensions');
  }
  const [first, second] = config.integers('axes', { count: 2 }) as [number, number];
  const axes = [axisOf(first, a.rank), axisOf(second, b.rank)] as const;
  if (axes[0] < 1 || axes[0] >= a.rank || axes[1] < 1 || axes[1] >= b.rank)
    throw config.mistyped('axes', 'axes of its inputs, the batch left out');
  const [extentA, extentB] = [a.shape[axes[0]] ?? null, b.shape[axes[1]] ?? null];
  if (extentA !== null && extentB !== null && extentA !== extentB)
    throw config.malformed(`sums over axes of ${extentA} and ${extentB} elements`);
  const normal = config.boolean('normalize', false);
  // Keras 2 bounds the square of the norm from below, Keras 3 the norm.
  const least = layer.generation === 2 ? 1e-12 : 1e-14;
  const left = normal ? unit(g, a, axes[0], least) : a.plain();
  const right = normal ? unit(g, b, axes[1], least) : b.plain();
  const product = batchDot(
    g,
    { value: left, rank: a.rank, axis: axes[0] },
    { value: right, rank: b.rank, axis: axes[1] },
  );
  const rest = [
    ...a.shape.filter((_, i) => i > 0 && i !== axes[0]),
    ...b.shape.filter((_, i) => i > 0 && i !== axes[1]),
  ];
  const shape = [a.shape[0] ?? b.shape[0] ?? null, ...(rest.length === 0 ? [1] : rest)];
  return KerasTensor.of(g, product, { shape, dtype });
}

/** Divided by the Euclidean norm along an axis, whose square is at least `least`. */
function unit(g: GraphBuilder, x: KerasTensor, axis: number, least: number): Value {
  const m = new Arithmetic(g, x.dtype);
  const value = x.plain();
  const square = g.op('ReduceSum', [m.mul(value, value), g.ints([axis])], { keepdims: int(1) });
  return m.div(value, m.op('Sqrt', [m.op('Max', [square, least])]));
}

interface Factor {
  readonly value: Value;
  readonly rank: number;
  readonly axis: number;
}

/** Both factors as `[batch, rest, summed]` and `[batch, summed, rest]`, multiplied, and the rests unfolded again. */
function batchDot(g: GraphBuilder, a: Factor, b: Factor): Value {
  const left = folded(g, a, 'last');
  const right = folded(g, b, 'second');
  const product = g.op('MatMul', [left.value, right.value]);
  if (a.rank === 3 && b.rank === 3) return product;
  if (a.rank === 2 && b.rank === 2) return g.op('Reshape', [product, g.ints([0, 1])]);
  const parts = [left.rest, right.rest].filter((rest) => rest !== undefined);
  const target = g.op('Concat', [g.ints([0]), ...parts], { axis: int(0) }, { dtype: 'int64' });
  return g.op('Reshape', [product, target]);
}

function folded(
  g: GraphBuilder,
  { value, rank, axis }: Factor,
  place: 'last' | 'second',
): { readonly value: Value; readonly rest: Value | undefined } {
  if (rank === 2) return { value: g.op('Unsqueeze', [value, g.ints([place === 'last' ? 1 : 2])]), rest: undefined };
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 0 && i !== axis);
  const perm = place === 'last' ? [0, ...others, axis] : [0, axis, ...others];
  const moved = perm.every((from, i) => from === i) ? value : g.op('Transpose', [value], { perm: ints(perm) });
  const shape = g.op('Shape', [value], {}, { dtype: 'int64' });
  const rest = g.op('Gather', [shape, g.ints(others)], {}, { dtype: 'int64' });
  if (rank === 3) return { value: moved, rest };
  const summed = g.op('Gather', [shape, g.ints([axis])], {}, { dtype: 'int64' });
  const order = place === 'last' ? [g.ints([0]), g.ints([-1]), summed] : [g.ints([0]), summed, g.ints([-1])];
  return { value: g.op('Reshape', [moved, g.op('Concat', order, { axis: int(0) }, { dtype: 'int64' })]), rest };
}
