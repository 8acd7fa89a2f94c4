import type { LayerType } from '../graph/layer-type.ts';
import type { KerasTensor } from '../graph/keras-tensor.ts';
import type { LayerCall } from '../graph/layer-type.ts';

/** Layers of training that pass their input on when the model predicts. */
const REGULARIZATION = [
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'AlphaDropout',
  'GaussianDropout',
  'GaussianNoise',
  'ActivityRegularization',
  'Identity',
];
/** Augmentation of images: nothing happens to them when the model predicts. */
const AUGMENTATION = [
  'RandomFlip',
  'RandomRotation',
  'RandomTranslation',
  'RandomZoom',
  'RandomContrast',
  'RandomBrightness',
  'RandomHeight',
  'RandomWidth',
  'RandomHue',
  'RandomSaturation',
  'RandomSharpness',
  'RandomShear',
  'RandomColorJitter',
  'RandomColorDegeneration',
  'RandomGrayscale',
  'RandomGaussianBlur',
  'RandomPosterization',
  'RandomInvert',
  'RandomErasing',
  'RandomPerspective',
  'RandomElasticTransform',
  'MixUp',
  'CutMix',
  'AugMix',
  'RandAugment',
];

/** Dropout, noise and augmentation. A call with `training=True` in the model is refused: its result is random. */
export const IDENTITY_LAYERS: ReadonlyMap<string, LayerType> = new Map<string, LayerType>([
  ...REGULARIZATION.map((name) => [name, { masking: 'pass', translate: passOn }] as const),
  ...AUGMENTATION.map((name) => [name, { translate: passOn }] as const),
]);

function passOn({ input, args, unsupported }: LayerCall): KerasTensor {
  if (args.training)
    throw unsupported('is called with training=True, which makes its output random; build the model without it');
  return input();
}
