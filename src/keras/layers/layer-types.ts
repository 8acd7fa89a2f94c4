import type { LayerType } from '../graph/layer-type.ts';
import { KERAS_OPS } from '../ops/keras-ops.ts';
import { TF_OPS } from '../ops/tf-ops.ts';
import { ACTIVATION_LAYERS } from './activation-layers.ts';
import { CONVOLUTION_LAYERS } from './convolution.ts';
import { DENSE_LAYERS } from './dense.ts';
import { EINSUM_LAYERS } from './einsum-dense.ts';
import { EMBEDDING_LAYERS } from './embedding.ts';
import { IDENTITY_LAYERS } from './identity.ts';
import { IMAGE_LAYERS } from './image.ts';
import { MASKING_LAYERS } from './masking.ts';
import { MERGING_LAYERS } from './merging.ts';
import { NORMALIZATION_LAYERS } from './normalization.ts';
import { POOLING_LAYERS } from './pooling.ts';
import { DENSE_ATTENTION_LAYERS } from './attention/dense-attention.ts';
import { MULTI_HEAD_LAYERS } from './attention/multi-head-attention.ts';
import { bidirectional } from './recurrent/bidirectional.ts';
import { CONV_LSTM_LAYERS } from './recurrent/conv-lstm.ts';
import { RECURRENT_LAYERS } from './recurrent/recurrent-layers.ts';
import { CATEGORY_ENCODING } from './preprocessing/category-encoding.ts';
import { DISCRETIZATION } from './preprocessing/discretization.ts';
import { LOOKUP_LAYERS } from './preprocessing/lookup-layers.ts';
import { NORMALIZATION_LAYER } from './preprocessing/normalization-layer.ts';
import { TEXT_VECTORIZATION } from './preprocessing/text-vectorization.ts';
import { RESHAPING_LAYERS } from './reshaping.ts';
import { spectralNormalization } from './spectral-normalization.ts';
import { timeDistributed } from './time-distributed.ts';

/** Where the model's inputs stand in the list of layers; the network's writer feeds them. */
const INPUT: LayerType = {
  check({ config }) {
    for (const kind of ['sparse', 'ragged']) config.refuseUnless(kind, [false], 'only dense inputs are fed');
  },
  translate: ({ config }) => {
    throw config.malformed('is called like a layer');
  },
  limits: 'sparse and ragged inputs are refused',
};

/** Every layer that can be computed, by class: the allow-list of the reader. `ops.Add` is an operation of Keras 3. */
export const LAYER_TYPES: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ['InputLayer', INPUT],
  ...ACTIVATION_LAYERS,
  ...CONVOLUTION_LAYERS,
  ...DENSE_ATTENTION_LAYERS,
  ...DENSE_LAYERS,
  ...EINSUM_LAYERS,
  ...EMBEDDING_LAYERS,
  ...IDENTITY_LAYERS,
  ...IMAGE_LAYERS,
  ...MASKING_LAYERS,
  ...MERGING_LAYERS,
  ...MULTI_HEAD_LAYERS,
  ...NORMALIZATION_LAYERS,
  ...POOLING_LAYERS,
  ...CONV_LSTM_LAYERS,
  ...RECURRENT_LAYERS,
  ...RESHAPING_LAYERS,
  ['Bidirectional', bidirectional(() => LAYER_TYPES)],
  ...TF_OPS,
  ...KERAS_OPS,
  ...LOOKUP_LAYERS,
  ['CategoryEncoding', CATEGORY_ENCODING],
  ['Discretization', DISCRETIZATION],
  ['Normalization', NORMALIZATION_LAYER],
  ['TextVectorization', TEXT_VECTORIZATION],
  ['SpectralNormalization', spectralNormalization(() => LAYER_TYPES)],
  ['TimeDistributed', timeDistributed(() => LAYER_TYPES)],
]);
