import type { Hdf5Dataset, Hdf5Group } from '../../formats/hdf5/hdf5-file.ts';
import type { LayerType } from '../graph/layer-type.ts';
import type { WeightLookup } from '../graph/layer-weights.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { utf8 } from '../read/parse-json.ts';
import { vocabularyLines } from '../text/python-lines.ts';
import { assetPaths } from './asset-paths.ts';
import { flatSpecs } from './flat-specs.ts';
import { misfit } from './weight-problem.ts';

/** Groups that hold no weights of layers: the optimizer, metrics, and the state of random numbers. */
const IGNORED =
  /(^|\/)(optimizer|metrics|_?seed_generators?|random_generator|loss_tracker|compile_metrics)(\/|$)|^_compile/;
/** Where Keras 2.12 keeps the layers. */
const FORMER_ROOT = '_layer_checkpoint_dependencies/';

/**
 * The weights of a `.keras` file, or of `.weights.h5` in that layout: a group per object, named after
 * its class and the order of its kind, with numbered variables.
 *
 * @throws `ML_FORMAT_MALFORMED` for variables that the architecture lacks, or has and the file lacks
 */
export function storeWeights(
  root: Hdf5Group,
  model: KerasLayer,
  types: ReadonlyMap<string, LayerType>,
  assets: ReadonlyMap<string, Uint8Array> = new Map(),
): WeightLookup {
  const stored = collect(root);
  const { trainable, others } = flatSpecs(model, types);
  const found = new Map<string, Hdf5Dataset>();
  const used = new Set<string>();
  for (const spec of [...trainable, ...others]) {
    const dataset = stored.get(spec.stored);
    if (dataset === undefined)
      throw misfit(`there is no variable at "${spec.stored}", which ${spec.layers.join('/')} needs as ${spec.inLayer}`);
    used.add(spec.stored);
    found.set(spec.name, dataset);
  }
  const texts = new Map<string, TensorLike>();
  for (const { name, asset, group, layer } of assetPaths(model, types)) {
    const dataset = stored.get(`${group}/vars/${asset}`);
    if (dataset !== undefined) found.set(name, dataset);
    const bytes = assets.get(`assets/${group}/${asset}.txt`);
    if (bytes === undefined) continue;
    const lines = vocabularyLines(utf8(bytes), layer.generation);
    texts.set(name, { data: lines, shape: [lines.length], dtype: 'string' });
  }
  for (const path of stored.keys()) {
    if (!used.has(path) && path.startsWith('layers/') && !IGNORED.test(path) && !path.endsWith('/vars/idf_weights')) {
      throw misfit(`there is a variable at "${path}" that the architecture does not have`);
    }
  }
  return (name) => found.get(name)?.read() ?? texts.get(name);
}

/** Whether a file has this layout. */
export function isStore(root: Hdf5Group): boolean {
  return root.names.some((name) => /^(layers|_layer_checkpoint_dependencies)($|\\)/.test(name));
}

/** Every dataset by its path. Keras on Windows writes one name with backslashes instead of groups in groups. */
function collect(root: Hdf5Group): ReadonlyMap<string, Hdf5Dataset> {
  const found = new Map<string, Hdf5Dataset>();
  const queue: (readonly [string, Hdf5Group])[] = [['', root]];
  // The reader bounds depth and number of groups.
  for (const [prefix, group] of queue) {
    for (const name of group.names) {
      const child = group.child(name);
      if (child === undefined) continue;
      const path = `${prefix}${name.replaceAll('\\', '/')}`;
      if (IGNORED.test(path)) continue;
      if (child.kind === 'group') queue.push([`${path}/`, child]);
      else {
        const normal = path.startsWith(FORMER_ROOT) ? `layers/${path.slice(FORMER_ROOT.length)}` : path;
        if (found.has(normal)) throw misfit(`there are two variables at "${normal}"`);
        found.set(normal, child);
      }
    }
  }
  return found;
}
