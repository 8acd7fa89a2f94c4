import { findingOf } from '../../errors/finding-of.ts';
import { FormatError } from '../../errors/format-error.ts';
import { inspectKeras } from '../../keras/open/inspect-keras.ts';
import { openKerasModel } from '../../keras/open/open-keras-model.ts';
import { scanKeras } from '../../keras/open/scan-keras.ts';
import type { KerasFile } from '../../keras/read/keras-file.ts';
import { parseJson, utf8 } from '../../keras/read/parse-json.ts';
import { isTfjsLayers, readTfjs } from '../../keras/read/read-tfjs.ts';
import type { Artefact } from '../../spec/artefact.ts';
import type { ModelLoader } from '../../spec/model-loader.ts';
import { descriptor } from './tfjs-format.ts';

/** TensorFlow.js layers models, computed as Keras models are. */
export const loader: ModelLoader = {
  ...descriptor,
  async load(context) {
    context.phase('parse');
    return openKerasModel(context, await read(context.artefact));
  },
  async scan({ artefact, limits }) {
    try {
      return scanKeras(await read(artefact), limits);
    } catch (error) {
      return [findingOf(error)];
    }
  },
  inspect: async ({ artefact, limits }) => inspectKeras(await read(artefact), limits),
};

async function read(artefact: Artefact): Promise<KerasFile> {
  const bytes = artefact.kind === 'directory' ? await artefact.read('model.json') : artefact.bytes;
  const document = parseJson(utf8(bytes), 'model.json');
  if (!isTfjsLayers(document)) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `${artefact.name} is a TensorFlow.js graph model or none at all; load the SavedModel or frozen graph that it was converted from`,
    );
  }
  return readTfjs(document, (path) => artefact.read(path));
}
