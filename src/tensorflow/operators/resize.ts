import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { OpCall, Operator, OperatorTable } from '../op-call.ts';

/** How positions in the result are mapped to positions in the input. */
function coordinates(call: OpCall): 'align_corners' | 'half_pixel' | 'asymmetric' {
  if (call.attrs.bool('align_corners')) return 'align_corners';
  return call.attrs.bool('half_pixel_centers') ? 'half_pixel' : 'asymmetric';
}

const resize =
  (mode: 'linear' | 'nearest'): Operator =>
  (call) => {
    const sizes = call.tensor(1);
    const [rows = null, , , channels = null] = call.shapeOf(0);
    // A bilinear result is float32 whatever the input is.
    const given = mode === 'linear' ? call.cast(call.tensor(0), 'float32') : call.tensor(0);
    const x = call.transpose(given, [0, 3, 1, 2]);
    const extents = [0, 1].map((i): Extent => {
      const element = sizes.content?.[i];
      return typeof element === 'number' || typeof element === 'string' ? element : null;
    });
    const how = coordinates(call);
    const before = call.write('Shape', [x], {
      dtype: 'int64',
      shape: [2],
      attributes: { start: { int: 0 }, end: { int: 2 } },
    });
    const all = call.write('Concat', [before, call.cast(sizes, 'int64')], {
      dtype: 'int64',
      shape: [4],
      attributes: { axis: { int: 0 } },
    });
    const y = call.write('Resize', [x, undefined, undefined, all], {
      dtype: x.dtype,
      shape: [rows, channels, ...extents],
      attributes: {
        mode: { text: mode },
        coordinate_transformation_mode: { text: how },
        ...(mode === 'nearest' ? { nearest_mode: { text: how === 'asymmetric' ? 'floor' : 'round_prefer_ceil' } } : {}),
      },
    });
    return call.transpose(y, [0, 2, 3, 1]);
  };

export const resizeOperators: OperatorTable = {
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
};
