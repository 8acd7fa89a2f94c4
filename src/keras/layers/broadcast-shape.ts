import type { KerasShape } from '../graph/keras-tensor.ts';
import type { LayerConfig } from '../model/layer-config.ts';

/**
 * The shape that tensors of these shapes have together by numpy's rules.
 *
 * @throws `ML_FORMAT_MALFORMED` where they have none
 */
export function broadcastShape(shapes: readonly KerasShape[], config: LayerConfig): KerasShape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const extents = shapes.map((shape) => (i < rank - shape.length ? 1 : (shape[i - rank + shape.length] ?? null)));
    const fixed = new Set(extents.filter((extent) => extent !== null && extent !== 1));
    if (fixed.size > 1) {
      const all = shapes.map((shape) => `[${shape.map((extent) => extent ?? '?').join(', ')}]`).join(' and ');
      throw config.malformed(`combines tensors of shapes ${all}, which do not fit`);
    }
    const [extent] = fixed;
    return extent ?? (extents.includes(null) ? null : 1);
  });
}
