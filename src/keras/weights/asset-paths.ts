import type { LayerType } from '../graph/layer-type.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { groupNames } from './flat-specs.ts';

/** Where a `.keras` file has what a layer keeps beside its variables. */
export interface AssetPath {
  /** Name in the model, as those of variables. */
  readonly name: string;
  /** `vocabulary` or `idf_weights`. */
  readonly asset: string;
  /** Group of the layer: `layers/string_lookup`. */
  readonly group: string;
  readonly layer: KerasLayer;
}

/** The assets of all layers of a model, nested models included. */
export function assetPaths(
  model: KerasLayer,
  types: ReadonlyMap<string, LayerType>,
  place: { readonly name: string; readonly group: string } = { name: '', group: '' },
): readonly AssetPath[] {
  if (model.graph === undefined) {
    const assets = types.get(model.className)?.assets?.(model) ?? [];
    return assets.map((asset) => ({ name: `${place.name}${asset}`, asset, group: place.group, layer: model }));
  }
  const names = groupNames(model.graph.layers);
  return model.graph.layers.flatMap((layer, i) => {
    const prefix = place.group === '' ? '' : `${place.group}/`;
    return assetPaths(layer, types, { name: `${place.name}${layer.name}/`, group: `${prefix}layers/${names[i]}` });
  });
}
