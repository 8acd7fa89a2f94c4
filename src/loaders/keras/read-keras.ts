import { ArtefactError } from '../../errors/artefact-error.ts';
import { FormatError } from '../../errors/format-error.ts';
import { looksLikeZip } from '../../formats/zip/looks-like-zip.ts';
import { readHdf5 } from '../../formats/hdf5/read-hdf5.ts';
import { readZip } from '../../formats/zip/read-zip.ts';
import type { Hdf5Group } from '../../formats/hdf5/hdf5-file.ts';
import type { KerasFile } from '../../keras/read/keras-file.ts';
import { parseJson, utf8 } from '../../keras/read/parse-json.ts';
import { readArchive } from '../../keras/read/read-archive.ts';
import { type Architecture, h5Content, readH5Model, withArchitecture } from '../../keras/read/read-h5.ts';
import type { Artefact } from '../../spec/artefact.ts';
import type { Limits } from '../../spec/limits.ts';
import type { ModelMetadata } from '../../spec/metadata.ts';

/** A file of Keras; `undefined` for HDF5 that is none. */
export async function readKeras(
  artefact: Artefact,
  limits: Limits,
  metadata: ModelMetadata | undefined,
): Promise<KerasFile | undefined> {
  if (looksLikeZip(artefact.bytes)) return readArchive(readZip(artefact.bytes, limits), limits);
  const root = readHdf5(artefact.bytes, limits);
  switch (h5Content(root)) {
    case 'model':
      return readH5Model(root, artefact.bytes);
    case 'foreign':
      return undefined;
    default:
      return withArchitecture(root, artefact.bytes, await architectureOf(artefact, metadata));
  }
}

/** What to say of HDF5 that Keras did not write. */
export function foreignHdf5(root: Hdf5Group, name: string): FormatError {
  const names = root.names.slice(0, 8).join(', ');
  return new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `${name} is an HDF5 file, but no Keras model: it holds ${names === '' ? 'nothing' : names}; a model saved by Keras has the attribute "model_config"`,
    { details: { names: root.names.slice(0, 100) } },
  );
}

/** Where `model.to_json()` is looked for beside a file of weights. */
function candidates(name: string): readonly string[] {
  const stem = name.replace(/(\.weights)?\.(h5|hdf5|keras)$/i, '');
  return [...new Set([`${stem}.json`, `${stem}_architecture.json`, 'model.json', 'architecture.json', 'config.json'])];
}

/** The architecture for weights alone: from the metadata, or a file beside. */
async function architectureOf(artefact: Artefact, metadata: ModelMetadata | undefined): Promise<Architecture> {
  const { name } = artefact;
  const stated = metadata?.extra['architecture'];
  if (typeof stated === 'string') return parsed(await artefact.read(stated), stated);
  // Numbers of metadata are JavaScript's: whether one was written as whole is lost.
  if (typeof stated === 'object' && stated !== null) return { document: stated, text: undefined };
  const tried = candidates(name);
  for (const path of tried) {
    const bytes = await artefact.read(path).catch((error: unknown) => {
      if (error instanceof ArtefactError) return undefined;
      throw error;
    });
    const found = bytes === undefined ? undefined : parsed(bytes, path);
    if (found !== undefined && isArchitecture(found.document)) return found;
  }
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `${name} holds weights without an architecture; put the model's to_json() beside it as ${tried.slice(0, 3).join(', ')}, name it in the metadata as "architecture", or save the whole model with model.save()`,
    { details: { tried } },
  );
}

function parsed(bytes: Uint8Array, name: string): Architecture {
  const text = utf8(bytes);
  return { document: parseJson(text, name), text };
}

function isArchitecture(document: unknown): boolean {
  return typeof document === 'object' && document !== null && 'class_name' in document && 'config' in document;
}
