import type { Hdf5Dataset, Hdf5Group, Hdf5Value } from '../../formats/hdf5/hdf5-file.ts';
import type { LayerType } from '../graph/layer-type.ts';
import type { WeightLookup } from '../graph/layer-weights.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { flatSpecs } from './flat-specs.ts';
import { matchByName, partsOf } from './match-by-name.ts';
import { misfit } from './weight-problem.ts';

/**
 * The weights of an `.h5` file: a group per layer of the outermost model, whose attribute
 * `weight_names` lists the variables of the layer, those of nested models included.
 *
 * @param group `model_weights`, or the root of a file of weights alone
 * @throws `ML_FORMAT_MALFORMED` where layers, names or numbers do not fit the architecture
 */
export function h5Weights(group: Hdf5Group, model: KerasLayer, types: ReadonlyMap<string, LayerType>): WeightLookup {
  const found = new Map<string, Hdf5Dataset>();
  const layers = model.graph?.layers ?? [];
  const listed = textsOf(group, 'layer_names');
  for (const layer of layers) {
    const lists = flatSpecs(layer, types);
    const inner = { trainable: prefixed(lists.trainable, layer.name), others: prefixed(lists.others, layer.name) };
    const count = lists.trainable.length + lists.others.length;
    // A name with slashes makes groups in groups.
    const child = group.child(layer.name) ?? group.at(layer.name);
    if (child === undefined && count === 0) continue;
    if (child?.kind !== 'group') {
      const known = listed === undefined ? '' : ` (it has ${listed.slice(0, 8).join(', ')})`;
      throw misfit(`there is no group of weights for layer "${layer.name}"${known}`);
    }
    const names = textsOf(child, 'weight_names') ?? [];
    const stored = names.map((name) => {
      const value = child.at(name);
      if (value?.kind !== 'dataset') throw misfit(`layer "${layer.name}" lists a variable "${name}" that is not there`);
      return { parts: partsOf(name), value };
    });
    const what = `layer "${layer.name}"`;
    for (const [name, value] of matchByName(inner, stored, { what, ordered: true })) found.set(name, value);
  }
  const surplus = listed?.find((name) => !layers.some((layer) => layer.name === name) && hasWeights(group, name));
  if (surplus !== undefined)
    throw misfit(`there are weights for a layer "${surplus}" that the architecture does not have`);
  return (name) => found.get(name)?.read();
}

function prefixed<T extends { readonly name: string; readonly layers: readonly string[] }>(
  specs: readonly T[],
  layer: string,
): readonly T[] {
  return specs.map((spec) => ({ ...spec, name: `${layer}/${spec.name}`, layers: [layer, ...spec.layers] }));
}

function hasWeights(group: Hdf5Group, name: string): boolean {
  const child = group.child(name) ?? group.at(name);
  return child?.kind === 'group' && (textsOf(child, 'weight_names')?.length ?? 0) > 0;
}

/**
 * A list of texts in an attribute. Keras splits one that is too long for HDF5 into `name0`, `name1`, ...
 *
 * @returns `undefined` where there is no such attribute
 */
export function textsOf({ attributes }: Hdf5Group, name: string): readonly string[] | undefined {
  const whole = attributes.get(name);
  if (whole !== undefined) return listOf(whole, name);
  const parts: string[] = [];
  for (let i = 0; attributes.has(`${name}${i}`); i++)
    parts.push(...listOf(attributes.get(`${name}${i}`) as Hdf5Value, name));
  return attributes.has(`${name}0`) ? parts : undefined;
}

/** One text in an attribute, possibly in parts. */
export function textOf(group: Hdf5Group, name: string): string | undefined {
  const texts = textsOf(group, name);
  return texts === undefined ? undefined : texts.join('');
}

function listOf(value: Hdf5Value, name: string): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null) return [];
  if (typeof value === 'object' && Array.isArray(value.data) && value.data.every((item) => typeof item === 'string')) {
    return value.data;
  }
  // An empty list of names is stored as an array of floats without elements.
  if (typeof value === 'object' && value.data.length === 0) return [];
  throw misfit(`the attribute "${name}" is no list of names`);
}
