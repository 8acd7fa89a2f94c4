import { FormatError } from '../../errors/format-error.ts';
import { readHdf5 } from '../../formats/hdf5/read-hdf5.ts';
import type { ZipArchive } from '../../formats/zip/read-zip.ts';
import type { Limits } from '../../spec/limits.ts';
import { isRecord, own } from '../model/layer-config.ts';
import { storeWeights } from '../weights/store-weights.ts';
import { generationOf, type KerasFile } from './keras-file.ts';
import { malformed } from './parse-context.ts';
import { parseJson, utf8 } from './parse-json.ts';

const CONFIG = 'config.json';
const METADATA = 'metadata.json';
const WEIGHTS = 'model.weights.h5';

/** Whether the names of an archive are those of a `.keras` file. */
export function isKerasArchive(names: Iterable<string>): boolean {
  const set = new Set(names);
  return set.has(CONFIG) && (set.has(WEIGHTS) || set.has(METADATA));
}

/**
 * A `.keras` file of Keras 2.12 to 3: a zip archive of `config.json`, `metadata.json` and `model.weights.h5`.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_UNSUPPORTED` for weights in several files, and the errors of the containers
 */
export async function readArchive(archive: ZipArchive, limits: Limits): Promise<KerasFile> {
  const text = await textOf(archive, CONFIG);
  if (text === undefined) throw malformed(`the archive has no ${CONFIG}`);
  const document = parseJson(text, CONFIG);
  const described = await textOf(archive, METADATA);
  const metadata = described === undefined ? undefined : parseJson(described, METADATA);
  const version = isRecord(metadata) ? own(metadata, 'keras_version') : undefined;
  const known = typeof version === 'string' ? version : undefined;
  const bytes = await weightsOf(archive);
  const assets = await vocabulariesOf(archive);
  const { compile_config: compiled, ...architecture } = isRecord(document) ? document : {};
  return {
    document: architecture,
    generation: generationOf(known),
    version: known,
    kind: 'keras',
    others: compiled === undefined ? [] : [compiled],
    original: assets.size === 0 ? { text, weights: bytes, layout: 'store' } : undefined,
    weights: (model, types) => storeWeights(readHdf5(bytes, limits), model, types, assets),
  };
}

/** The vocabularies of text layers, by their paths. */
async function vocabulariesOf(archive: ZipArchive): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const [name, entry] of archive.entries)
    if (/^assets\/.*\/vocabulary\.txt$/.test(name)) found.set(name, await entry.read());
  return found;
}

/** The HDF5 file of weights. */
export async function weightsOf(archive: ZipArchive): Promise<Uint8Array> {
  const entry = archive.entries.get(WEIGHTS);
  if (entry !== undefined) return entry.read();
  const other = [...archive.entries.keys()].find((name) => name.startsWith('model.weights'));
  if (other === undefined) throw malformed(`the archive has no ${WEIGHTS}`);
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `Keras model: the archive keeps its weights in ${other}; save it again without sharding, as ${WEIGHTS}`,
  );
}

async function textOf(archive: ZipArchive, name: string): Promise<string | undefined> {
  const entry = archive.entries.get(name);
  return entry === undefined ? undefined : utf8(await entry.read());
}
