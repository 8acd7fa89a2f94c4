import { text } from '../../onnx/builder/attributes.ts';
import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';

/** How to resize the spatial axes of a value whose channels come second. */
export interface ResizeTo {
  readonly method: 'bilinear' | 'nearest';
  /** Either whole factors, */
  readonly factors?: readonly number[];
  /** or the extents wanted. */
  readonly sizes?: readonly number[];
}

/** `tf.image.resize` without antialiasing: pixels are squares whose centres are sampled. */
export function resize(g: GraphBuilder, value: Value, { method, factors, sizes }: ResizeTo): Value {
  const attributes =
    method === 'bilinear'
      ? { mode: text('linear'), coordinate_transformation_mode: text('half_pixel') }
      : {
          mode: text('nearest'),
          coordinate_transformation_mode: text('half_pixel'),
          nearest_mode: text('round_prefer_ceil'),
        };
  if (factors !== undefined) {
    const scales = g.constant({
      data: Float32Array.of(1, 1, ...factors),
      shape: [factors.length + 2],
      dtype: 'float32',
    });
    return g.op('Resize', [value, undefined, scales], attributes);
  }
  const kept = g.op('Shape', [value], { end: { int: 2 } }, { dtype: 'int64' });
  const target = g.op('Concat', [kept, g.ints(sizes ?? [])], { axis: { int: 0 } }, { dtype: 'int64' });
  return g.op('Resize', [value, undefined, undefined, target], attributes);
}
