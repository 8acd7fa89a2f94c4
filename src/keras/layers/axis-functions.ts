import { int } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';

/** A function over one axis, given as Keras counts it: negative from the end. */
export type AxisFunction = (g: GraphBuilder, x: KerasTensor, axis: number) => KerasTensor;

/** Activations that look at a whole axis. */
export const AXIS_FUNCTIONS: ReadonlyMap<string, AxisFunction> = new Map<string, AxisFunction>([
  ['softmax', (g, x, axis) => alongAxis(g, x, axis, (value, at) => g.op('Softmax', [value], { axis: int(at) }))],
  ['log_softmax', (g, x, axis) => alongAxis(g, x, axis, (value, at) => g.op('LogSoftmax', [value], { axis: int(at) }))],
  ['sparsemax', (g, x, axis) => alongAxis(g, x, axis, (value, at) => sparsemax(g, value, { axis: at, x }))],
  ['glu', glu],
]);

/** An axis as Keras counts it, from 0. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** An axis of Keras's order in the channels-first form. */
export function axisInChannelsFirst(axis: number, rank: number): number {
  if (axis === 0 || rank < 3) return axis;
  return axis === rank - 1 ? 1 : axis + 1;
}

/** A function that keeps the shape, done on whichever form of the tensor exists. */
export function alongAxis(
  g: GraphBuilder,
  x: KerasTensor,
  axis: number,
  apply: (value: Value, axis: number) => Value,
): KerasTensor {
  const at = axisOf(axis, x.rank);
  const { shape, dtype, mask } = x;
  const facts = { shape, dtype, mask };
  return x.prefersChannelsFirst
    ? KerasTensor.channelsFirst(g, apply(x.channelsFirst(), axisInChannelsFirst(at, x.rank)), facts)
    : KerasTensor.of(g, apply(x.plain(), at), facts);
}

/** The first half of the axis, gated by the second. */
function glu(g: GraphBuilder, x: KerasTensor, axis: number): KerasTensor {
  const at = axisOf(axis, x.rank);
  const type = { dtype: x.dtype, shape: undefined };
  const [a, b] = g.node('Split', {
    inputs: [x.plain()],
    attributes: { axis: int(at), num_outputs: int(2) },
    outputs: [type, type],
  }) as readonly [Value, Value];
  const extent = x.shape[at];
  const shape = x.shape.map((n, i) => (i === at && typeof extent === 'number' ? extent / 2 : n));
  return KerasTensor.of(g, g.op('Mul', [a, g.op('Sigmoid', [b])]), { shape, dtype: x.dtype, mask: x.mask });
}

/** Martins and Astudillo 2016, as `keras.ops.sparsemax` computes it. */
function sparsemax(
  g: GraphBuilder,
  value: Value,
  { axis, x }: { readonly axis: number; readonly x: KerasTensor },
): Value {
  const m = new Arithmetic(g, x.dtype);
  const at = g.scalar(axis, 'int64');
  const count = g.op('Gather', [g.op('Shape', [value], {}, { dtype: 'int64' }), at], {}, { dtype: 'int64' });
  const k = g.op('Unsqueeze', [count, g.ints([0])], {}, { dtype: 'int64' });
  const [sorted] = g.node('TopK', {
    inputs: [value, k],
    attributes: { axis: int(axis) },
    outputs: [
      { dtype: x.dtype, shape: undefined },
      { dtype: 'int64', shape: undefined },
    ],
  }) as readonly [Value, Value];
  const sums = g.op('CumSum', [sorted, at]);
  const ones = g.op('Add', [g.op('Mul', [sorted, m.value(0)]), m.value(1)]);
  const positions = g.op('CumSum', [ones, at]);
  const support = m.compare('Greater', m.sub(sorted, m.div(m.sub(sums, 1), positions)), 0);
  const axes = g.ints([axis]);
  const size = g.op('ReduceSum', [m.where(support, 1, 0), axes], { keepdims: int(1) });
  // Keras adds the cumulative sums up, where the paper takes the last of them.
  const total = g.op('ReduceSum', [m.where(support, sums, 0), axes], { keepdims: int(1) });
  return g.op('Relu', [m.sub(value, m.div(m.sub(total, 1), size))], {}, { shape: undefined });
}
