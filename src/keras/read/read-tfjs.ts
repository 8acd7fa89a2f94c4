import type { LayerType } from '../graph/layer-type.ts';
import type { WeightLookup } from '../graph/layer-weights.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import { isRecord, own, shown } from '../model/layer-config.ts';
import { flatSpecs } from '../weights/flat-specs.ts';
import { matchByName, partsOf } from '../weights/match-by-name.ts';
import { type ManifestEntry, manifestEntries, readEntry } from '../weights/tfjs-manifest.ts';
import { generationOf, type KerasFile } from './keras-file.ts';
import { malformed } from './parse-context.ts';

/** Whether a document is a TensorFlow.js layers model. */
export function isTfjsLayers(document: unknown): boolean {
  if (!isRecord(document)) return false;
  const format = own(document, 'format');
  const topology = own(document, 'modelTopology');
  if (!isRecord(topology)) return false;
  return format === undefined || format === null ? own(topology, 'node') === undefined : format === 'layers-model';
}

/**
 * A TensorFlow.js layers model: `model.json` and the shards of weights beside it.
 *
 * @param readShard a file beside `model.json`
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`; the errors of `readShard`
 */
export async function readTfjs(
  document: unknown,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<KerasFile> {
  if (!isRecord(document)) throw malformed('model.json is no object');
  const topology = own(document, 'modelTopology');
  if (!isRecord(topology)) throw malformed(`model.json has modelTopology=${shown(topology)}`);
  const architecture = own(topology, 'model_config') ?? topology;
  const version = own(topology, 'keras_version');
  const known = typeof version === 'string' && !version.startsWith('tfjs') ? version : undefined;
  const entries = await manifestEntries(own(document, 'weightsManifest'), readShard);
  // TensorFlow.js lists weights in its own order, which is Keras's; the converter sorts them by name.
  const writer = own(document, 'generatedBy');
  const ordered = typeof writer === 'string' && writer.startsWith('TensorFlow.js');
  return {
    document: architecture,
    generation: generationOf(known),
    version: typeof version === 'string' ? version : undefined,
    kind: 'tfjs',
    others: [own(topology, 'training_config')].filter((value) => value !== undefined),
    weights: (model, types) => tfjsWeights(entries, { model, types, ordered }),
  };
}

interface Matching {
  readonly model: KerasLayer;
  readonly types: ReadonlyMap<string, LayerType>;
  readonly ordered: boolean;
}

function tfjsWeights(entries: readonly ManifestEntry[], { model, types, ordered }: Matching): WeightLookup {
  const stored = entries.map((value) => ({ parts: partsOf(value.name), value }));
  const found = matchByName(flatSpecs(model, types), stored, { what: 'the manifest of weights', ordered });
  return (name) => {
    const entry = found.get(name);
    return entry === undefined ? undefined : readEntry(entry);
  };
}
