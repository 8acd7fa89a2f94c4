import { findingOf } from '../../errors/finding-of.ts';
import { checkHdf5 } from '../../formats/hdf5/check-hdf5.ts';
import { looksLikeZip } from '../../formats/zip/looks-like-zip.ts';
import { readHdf5 } from '../../formats/hdf5/read-hdf5.ts';
import { readZip } from '../../formats/zip/read-zip.ts';
import { inspectKeras } from '../../keras/open/inspect-keras.ts';
import { openKerasModel } from '../../keras/open/open-keras-model.ts';
import { scanKeras } from '../../keras/open/scan-keras.ts';
import { weightsOf } from '../../keras/read/read-archive.ts';
import type { Inspection, LoadContext, LoadedModel, ModelLoader, ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { convertKeras } from './convert-keras.ts';
import { descriptor } from './keras-format.ts';
import { foreignHdf5, readKeras } from './read-keras.ts';

/** Keras models in `.h5` and `.keras` files, answering as `model.predict` does; nothing of Keras is needed. */
export const loader: ModelLoader = { ...descriptor, load, scan, inspect, conversion: convertKeras };

async function load(context: LoadContext): Promise<LoadedModel> {
  const { artefact, limits, metadata } = context;
  context.phase('parse');
  const file = await readKeras(artefact, limits, metadata);
  if (file === undefined) throw foreignHdf5(readHdf5(artefact.bytes, limits), artefact.name);
  return openKerasModel(context, file);
}

/**
 * The container is walked whole, then the architecture. HDF5 of something else is data: it is safe
 * where everything in it could be looked at.
 */
async function scan({ artefact, limits }: ScanContext): Promise<readonly Finding[]> {
  try {
    const isArchive = looksLikeZip(artefact.bytes);
    const bytes = isArchive ? await weightsOf(readZip(artefact.bytes, limits)) : artefact.bytes;
    const container = checkHdf5(bytes, limits);
    if (container.some(({ severity }) => severity === 'malformed')) return container;
    const file = await readKeras(artefact, limits, undefined);
    return file === undefined ? container : [...container, ...scanKeras(file, limits)];
  } catch (error) {
    return [findingOf(error)];
  }
}

async function inspect({ artefact, limits }: ScanContext): Promise<Inspection> {
  const file = await readKeras(artefact, limits, undefined);
  if (file === undefined) throw foreignHdf5(readHdf5(artefact.bytes, limits), artefact.name);
  return inspectKeras(file, limits);
}
