import { LAYER_TYPES } from '../layers/layer-types.ts';
import { tensorflowFunctions } from '../ops/tf-ops.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const OPERATION = 'ops.';

/** Layers that Keras may make, besides those that are computed here: none runs code, opens files or calls other packages. */
const FURTHER_LAYERS = words(`
  AutoContrast ContrastLimitedAdaptiveHistogramEqualization Equalization HashedCrossing LocallyConnected1D LocallyConnected2D
  MelSpectrogram RandomCrop ReversibleEmbedding STFTSpectrogram Solarization
  AvgPool1D AvgPool2D AvgPool3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D
  Convolution3DTranspose GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D
  MaxPool1D MaxPool2D MaxPool3D SeparableConvolution1D SeparableConvolution2D
`);
const MODELS = ['Sequential', 'Functional', 'Model'];
const INITIALIZERS = words(`
  Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform Ones
  Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal VarianceScaling Zeros
  constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal lecun_uniform normal one ones orthogonal
  random_normal random_uniform stft truncated_normal uniform variance_scaling zero zeros
`);
const REGULARIZERS = words('L1 L1L2 L2 OrthogonalRegularizer l1 l1_l2 l2 orthogonal_regularizer');
const CONSTRAINTS = words(`
  MaxNorm MinMaxNorm NonNeg RadialConstraint UnitNorm max_norm min_max_norm non_neg radial_constraint unit_norm
`);
/** Numbers of single and double precision; others are not compared. */
const POLICIES = ['DTypePolicy', 'FloatDTypePolicy', 'Policy'];
/** How values are written that JSON has not. */
const MARKS = [
  '__keras_tensor__',
  '__numpy__',
  '__tensor__',
  '__tuple__',
  '__ellipsis__',
  '__slice__',
  'slice',
  'tuple',
  'TensorShape',
];
const FURTHER_OPERATIONS = words(`
  Angle Arctan2 Bincount BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cbrt Cholesky Conj Cross Cumprod Deg2rad Det Diag
  Diagonal Diff Digitize ERFINV ExtractSequences Exp2 FFT FFT2 Fliplr Flipud Floor Heaviside Histogram Hypot Imag InTopK Inv
  IRFFT ISTFT Kron Lgamma Logaddexp Logaddexp2 LogDet Median NanToNum Nextafter Polar Quantile Rad2deg Real RFFT Roll Rot90
  SearchSorted SegmentMax SegmentSum Sinc Slogdet Solve SolveTriangular STFT SVD Trapezoid Trunc Unravel ViewAsComplex
  ViewAsReal
`);

const KNOWN = [...LAYER_TYPES.keys()];

/** Classes of Keras that it may make of a file. */
export const CLASSES: ReadonlySet<string> = new Set([
  ...KNOWN.filter((name) => !name.startsWith(OPERATION)),
  ...FURTHER_LAYERS,
  ...MODELS,
  ...INITIALIZERS,
  ...REGULARIZERS,
  ...CONSTRAINTS,
  ...POLICIES,
  ...MARKS,
]);

/** Operations on tensors that a model of Keras 3 may call. */
export const OPERATIONS: ReadonlySet<string> = new Set([
  ...KNOWN.filter((name) => name.startsWith(OPERATION)).map((name) => name.slice(OPERATION.length)),
  ...FURTHER_OPERATIONS,
]);

/** Functions of TensorFlow that a model of Keras 2 may call. */
export const TENSORFLOW_FUNCTIONS: ReadonlySet<string> = new Set([
  ...tensorflowFunctions(),
  ...words(
    'math.atan2 math.cumprod math.xlogy math.lgamma roll math.real math.imag signal.rfft signal.irfft linalg.det linalg.cross',
  ),
]);

/** Functions of Keras on single tensors. */
export const ACTIVATIONS: ReadonlySet<string> = new Set(
  words(`
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
    log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax
    squareplus swish tanh tanh_shrink threshold
  `),
);

/** Names that stand for functions and objects of Keras, by the end of the parameter's name. */
export const NAMED: readonly (readonly [RegExp, ReadonlySet<string>])[] = [
  [/activation$/, ACTIVATIONS],
  [/initializer$/, new Set(INITIALIZERS)],
  [/regularizer$/, new Set(REGULARIZERS)],
  [/constraint$/, new Set(CONSTRAINTS)],
];
