import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import { type KerasShape, KerasTensor } from './keras-tensor.ts';

/** The extents of a value when the graph runs, as int64. */
export function shapeOf(g: GraphBuilder, value: Value): Value {
  return g.op('Shape', [value], {}, { dtype: 'int64' });
}

/** One extent, as a vector of one element. */
export function extentOf(g: GraphBuilder, value: Value, axis: number): Value {
  return g.op('Shape', [value], { start: { int: axis }, end: { int: axis + 1 } }, { dtype: 'int64' });
}

/** A plain value in another shape. */
export function reshapeTo(g: GraphBuilder, x: KerasTensor, target: readonly number[], shape: KerasShape): KerasTensor {
  return KerasTensor.of(g, g.op('Reshape', [x.plain(), g.ints(target)]), { shape, dtype: x.dtype });
}

/** The number of elements behind the batch; `null` where an extent is unknown. */
export function elementsOf(shape: KerasShape): number | null {
  return shape.reduce<number | null>((product, n) => (product === null || n === null ? null : product * n), 1);
}
