import { int } from '../../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';
import { cast } from '../../graph/cast.ts';
import type { KerasTensor } from '../../graph/keras-tensor.ts';

/** Number of steps of two tensors, as positions: `[queries, 1]` and `[1, values]`, int64. */
export function positions(g: GraphBuilder, query: Value, value: Value): readonly [Value, Value] {
  const range = (x: Value): Value => {
    const extent = g.op('Shape', [x], { start: int(1), end: int(2) }, { dtype: 'int64' });
    const count = g.op('Squeeze', [extent, g.ints([0])]);
    return g.op('Range', [g.scalar(0, 'int64'), count, g.scalar(1, 'int64')], {}, { dtype: 'int64' });
  };
  return [g.op('Unsqueeze', [range(query), g.ints([1])]), g.op('Unsqueeze', [range(value), g.ints([0])])];
}

/** Bool `[queries, values]`: a query sees the steps up to its own. */
export function causalMask(g: GraphBuilder, query: Value, value: Value): Value {
  return g.op('GreaterOrEqual', [...positions(g, query, value)], {}, { dtype: 'bool' });
}

/** Bool `[queries, values]`: a query sees steps less than `width` away. */
export function slidingMask(
  g: GraphBuilder,
  { query, value, width }: { readonly query: Value; readonly value: Value; readonly width: number },
): Value {
  const distance = g.op('Abs', [g.op('Sub', [...positions(g, query, value)])]);
  return g.op('Less', [distance, g.scalar(width, 'int64')], {}, { dtype: 'bool' });
}

/** All of them at once; `undefined` where there are none. */
export function allOf(g: GraphBuilder, masks: readonly (Value | undefined)[]): Value | undefined {
  const given = masks.filter((mask) => mask !== undefined);
  return given.length === 0 ? undefined : given.reduce((a, b) => g.op('And', [a, b], {}, { dtype: 'bool' }));
}

/** A mask as bool with one more axis. */
export function withAxis(g: GraphBuilder, mask: KerasTensor | undefined, axis: number): Value | undefined {
  return mask === undefined ? undefined : g.op('Unsqueeze', [cast(g, mask, 'bool').plain(), g.ints([axis])]);
}
