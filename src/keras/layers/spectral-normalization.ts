import type { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall, LayerType } from '../graph/layer-type.ts';
import { nestedSpecs, type WeightSpec } from '../model/weight-spec.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { specsOf } from '../weights/flat-specs.ts';

/** `SpectralNormalization`: it normalizes the weights of a layer while it is trained; then the layer is as it is stored. */
export function spectralNormalization(types: () => ReadonlyMap<string, LayerType>): LayerType {
  const inner = (layer: KerasLayer): KerasLayer => {
    const found = layer.inner.get('layer');
    if (found === undefined) throw layer.config.malformed('wraps no layer');
    return found;
  };
  return {
    wraps: ['layer'],
    weights: (layer): readonly WeightSpec[] => [
      { name: 'vector_u', trainable: false, formerly: ['sn_u'] },
      ...nestedSpecs(specsOf(inner(layer), types()), { name: 'layer', owner: ['layer'] }),
    ],
    translate: (call: LayerCall): readonly KerasTensor[] => {
      if (call.args.training) throw call.unsupported('is called with training=True, which changes its weights');
      return call.inner(inner(call.layer), { inputs: call.inputs, scope: 'layer' });
    },
  };
}
