import { FormatError } from '../../errors/format-error.ts';
import type { Hdf5Group } from '../../formats/hdf5/hdf5-file.ts';
import { h5Weights, textOf, textsOf } from '../weights/h5-weights.ts';
import { isStore, storeWeights } from '../weights/store-weights.ts';
import { generationOf, type KerasFile } from './keras-file.ts';
import { parseJson } from './parse-json.ts';

/** What an HDF5 file is to Keras. */
export type H5Content = 'model' | 'weights' | 'store' | 'foreign';

/** Tells a whole model from weights alone, in either layout, and from a file of something else. */
export function h5Content(root: Hdf5Group): H5Content {
  if (textOf(root, 'model_config') !== undefined) return 'model';
  if (textsOf(root, 'layer_names') !== undefined || modelWeights(root) !== undefined) return 'weights';
  return isStore(root) ? 'store' : 'foreign';
}

/**
 * A whole model in an `.h5` file, of Keras 2 or 3.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for Keras 1, whose layers computed otherwise
 */
export function readH5Model(root: Hdf5Group, file: Uint8Array): KerasFile {
  const weights = modelWeights(root) ?? root;
  const version = textOf(root, 'keras_version') ?? textOf(weights, 'keras_version');
  const text = textOf(root, 'model_config') ?? '';
  const document = parseJson(text, 'model_config');
  if (version !== undefined && /^[01]\./.test(version)) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `Keras model: it was saved by Keras ${version}; load it with Keras 2.2 and save it again`,
      { details: { version } },
    );
  }
  const training = textOf(root, 'training_config');
  return {
    document,
    generation: generationOf(version),
    version,
    kind: 'h5',
    others: training === undefined ? [] : [parseJson(training, 'training_config')],
    original: { text, weights: file, layout: 'groups' },
    weights: (model, types) => h5Weights(weights, model, types),
  };
}

/** An architecture, and its text where it was one. */
export interface Architecture {
  readonly document: unknown;
  readonly text: string | undefined;
}

/** Weights alone with an architecture from elsewhere: `model.to_json()` beside the file. */
export function withArchitecture(
  root: Hdf5Group,
  file: Uint8Array,
  { document: architecture, text }: Architecture,
): KerasFile {
  const version = textOf(root, 'keras_version') ?? versionOf(architecture);
  return {
    document: architecture,
    generation: generationOf(version),
    version,
    kind: 'h5',
    others: [],
    original: text === undefined ? undefined : { text, weights: file, layout: isStore(root) ? 'store' : 'groups' },
    weights: (model, types) =>
      isStore(root) ? storeWeights(root, model, types) : h5Weights(modelWeights(root) ?? root, model, types),
  };
}

function modelWeights(root: Hdf5Group): Hdf5Group | undefined {
  const found = root.names.includes('model_weights') ? root.child('model_weights') : undefined;
  return found?.kind === 'group' ? found : undefined;
}

/** What `to_json` says of the version; a document of Keras 3 says none, but names modules. */
function versionOf(architecture: unknown): string | undefined {
  if (typeof architecture !== 'object' || architecture === null) return undefined;
  const { keras_version: version, module } = architecture as Readonly<Record<string, unknown>>;
  if (typeof version === 'string') return version;
  return typeof module === 'string' && /^keras(\.src\.models.*|\.models.*|)$/.test(module) ? '3' : undefined;
}
