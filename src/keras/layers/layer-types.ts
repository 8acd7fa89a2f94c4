import type { LayerType } from '../graph/layer-type.ts';
import { ACTIVATION_LAYERS } from './activation-layers.ts';
import { DENSE_LAYERS } from './dense.ts';

/** Where the model's inputs stand in the list of layers; the network's writer feeds them. */
const INPUT: LayerType = {
  check({ config }) {
    for (const kind of ['sparse', 'ragged']) config.refuseUnless(kind, [false], 'only dense inputs are fed');
  },
  translate: ({ config }) => {
    throw config.malformed('is called like a layer');
  },
};

/** Every layer that can be computed, by class: the allow-list of the reader. `ops.Add` is an operation of Keras 3. */
export const LAYER_TYPES: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['InputLayer', INPUT],
  ...ACTIVATION_LAYERS,
  ...DENSE_LAYERS,
]);
