import { int } from '../../onnx/builder/attributes.ts';
import { Arithmetic } from '../graph/arithmetic.ts';
import { cast } from '../graph/cast.ts';
import { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';

/** `Masking`: steps whose features all equal a value do not count, and become zeros. */
export const MASKING_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['Masking', { masking: 'own', translate: masking }],
]);

function masking(call: LayerCall): KerasTensor {
  const { g, config, layer, dtype } = call;
  const x = cast(g, call.input(), dtype);
  const m = new Arithmetic(g, dtype);
  const value = x.plain();
  const equal = m.compare('Equal', value, config.number('mask_value', 0));
  const other = g.op('Cast', [g.op('Not', [equal])], { to: int(6) }, { dtype: 'int32' });
  const any = (keepdims: number): ReturnType<typeof g.op> =>
    g.op(
      'Cast',
      [g.op('ReduceMax', [other, g.ints([-1])], { keepdims: int(keepdims) })],
      { to: int(9) },
      { dtype: 'bool' },
    );
  const mask = KerasTensor.of(g, any(0), { shape: x.shape.slice(0, -1), dtype: 'bool' });
  const facts = { shape: x.shape, dtype, mask };
  if (layer.generation === 3) return KerasTensor.of(g, m.where(any(1), value, 0), facts);
  // A product in Keras 2: an infinite mask value leaves no zeros behind.
  const factor = g.op('Cast', [any(1)], { to: int(dtype === 'float64' ? 11 : 1) }, { dtype });
  return KerasTensor.of(g, m.mul(value, factor), facts);
}
