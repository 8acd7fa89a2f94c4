import type { GraphBuilder, Value } from '../../../onnx/builder/graph-builder.ts';

/** A value repeated to the extents of another. */
export function broadcastTo(g: GraphBuilder, value: Value, target: Value): Value {
  const { shape } = target;
  const same = value.shape?.length === shape?.length && value.shape?.every((e, i) => e !== null && e === shape?.[i]);
  if (same === true) return value;
  const rank = shape?.length;
  const known = shape?.every((extent) => typeof extent === 'number') === true;
  const extents = known
    ? g.ints(shape)
    : g.op('Shape', [target], {}, { dtype: 'int64', shape: rank === undefined ? undefined : [rank] });
  return g.op('Expand', [value, extents], {}, { shape });
}
