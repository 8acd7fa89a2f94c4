import type { KerasGeneration } from '../model/keras-layer.ts';
import { own } from '../model/layer-config.ts';

/** Names that classes of Keras had in other versions. */
const FORMER_NAMES: ReadonlyMap<string, string> = new Map([
  ['BatchNormalizationV1', 'BatchNormalization'],
  ['BatchNormalizationV2', 'BatchNormalization'],
  ['LayerNormalizationV1', 'LayerNormalization'],
  ['LSTMV1', 'LSTM'],
  ['LSTMV2', 'LSTM'],
  ['GRUV1', 'GRU'],
  ['GRUV2', 'GRU'],
  ['DenseFeaturesV2', 'DenseFeatures'],
  ['Swish', 'Activation'],
  ['SyncBatchNormalization', 'BatchNormalization'],
]);

/**
 * The key of a class in the table of layers: its name, or `ops.Add` for an operation of Keras 3 on
 * tensors, several of which are called like layers.
 */
export function classKey(
  value: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
  generation: KerasGeneration,
): string {
  const className = String(own(value, 'class_name'));
  const module = own(value, 'module');
  const isOperation =
    generation === 3 &&
    (typeof module === 'string'
      ? /^keras\.(src\.)?ops(\.|$)/.test(module)
      : // An `.h5` file of Keras 3 names no module; operations have neither a type nor `trainable`.
        own(config, 'dtype') === undefined && own(config, 'trainable') === undefined && className !== 'InputLayer');
  return isOperation ? `ops.${className}` : (FORMER_NAMES.get(className) ?? className);
}

/**
 * Whether a class is a model whose network the file describes. A class of the user's that extends one
 * is none: what it computes is in its code.
 */
export function isModelClass(className: string, config: Readonly<Record<string, unknown>>): boolean {
  if (className === 'Sequential' || className === 'Functional') return true;
  return className === 'Model' && Array.isArray(own(config, 'layers'));
}
