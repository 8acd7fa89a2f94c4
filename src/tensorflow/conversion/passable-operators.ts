import { ALL_OPERATORS } from '../operators/all-operators.ts';
import { controlOperators } from '../operators/control.ts';

/**
 * What a graph may use to be handed to TensorFlow, besides the operators that are translated here: functions of their
 * tensors, and what holds the values of one run together. An exact list: whatever reads, writes, calls, waits, keeps
 * something from run to run or decodes a format of its own is not on it.
 */
const FURTHER = `
  Assert Case ControlTrigger Enter NextIteration NoOp Placeholder RefEnter RefExit RefIdentity RefNextIteration StatelessCase
  HashTableV2 MutableHashTableV2 VarHandleOp Variable VariableV2
  EmptyTensorList TensorListConcatLists TensorListConcatV2 TensorListElementShape TensorListPopBack TensorListPushBack
  TensorListPushBackBatch TensorListResize TensorListScatterIntoExistingList TensorListScatterV2 TensorListSplit
  TensorArrayCloseV3 TensorArrayConcatV3 TensorArraySplitV3
  AccumulateNV2 ApproximateEqual Atan2 Betainc BesselI0 BesselI0e BesselI1 BesselI1e BesselJ0 BesselJ1 BesselK0 BesselK0e
  BesselK1 BesselK1e BesselY0 BesselY1 Bitcast BitwiseAnd BitwiseOr BitwiseXor Dawsn Digamma Erfinv Expint FresnelCos
  FresnelSin Igamma Igammac Invert LeftShift Lgamma Ndtri NextAfter Polygamma PopulationCount RightShift Spence Zeta
  Angle Complex ComplexAbs Conj ConjugateTranspose Imag Real
  FFT FFT2D FFT3D FFTND IFFT IFFT2D IFFT3D IFFTND IRFFT IRFFT2D IRFFT3D IRFFTND RFFT RFFT2D RFFT3D RFFTND
  BandedTriangularSolve Cholesky Cross Diag DiagPart LogMatrixDeterminant Lu MatrixDeterminant MatrixDiag MatrixDiagPart
  MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3 MatrixExponential MatrixInverse MatrixLogarithm MatrixSetDiag
  MatrixSetDiagV2 MatrixSetDiagV3 MatrixSolve MatrixSolveLs MatrixSquareRoot MatrixTriangularSolve Qr SelfAdjointEigV2 Svd
  TridiagonalMatMul TridiagonalSolve
  Bincount Cumprod CumulativeLogsumexp HistogramFixedWidth InTopK InTopKV2 IsotonicRegression ListDiff LowerBound NthElement
  SegmentMax SegmentMaxV2 SegmentMean SegmentMin SegmentMinV2 SegmentProd SegmentProdV2 SegmentSum SegmentSumV2
  SparseSegmentMean SparseSegmentMeanWithNumSegments SparseSegmentSqrtN SparseSegmentSqrtNWithNumSegments SparseSegmentSum
  SparseSegmentSumWithNumSegments Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2 UnsortedSegmentMax UnsortedSegmentMin
  UnsortedSegmentProd UnsortedSegmentSum UpperBound
  DynamicPartition DynamicStitch ParallelDynamicStitch ResourceGatherNd Reverse ReverseSequence Roll ScatterNdNonAliasingAdd
  TensorScatterSub TensorStridedSliceUpdate UnravelIndex
  RaggedBincount RaggedFillEmptyRows RaggedGather RaggedRange RaggedTensorToSparse RaggedTensorToTensor SparseAdd
  SparseBincount SparseConcat SparseCross SparseCrossHashed SparseCrossV2 SparseDenseCwiseAdd SparseDenseCwiseDiv
  SparseDenseCwiseMul SparseFillEmptyRows SparseReduceMax SparseReduceSum SparseReorder SparseReshape SparseSlice
  SparseSoftmax SparseSplit SparseTensorDenseAdd SparseTensorDenseMatMul SparseToDense
  BlockLSTM BlockLSTMV2 CombinedNonMaxSuppression CTCBeamSearchDecoder CTCGreedyDecoder DataFormatDimMap
  DataFormatVecPermute Dilation2D ExtractImagePatches ExtractVolumePatches FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
  FakeQuantWithMinMaxVarsPerChannel GRUBlockCell LSTMBlockCell MaxPoolWithArgmax NonMaxSuppression NonMaxSuppressionV2
  NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5 NonMaxSuppressionWithOverlaps QuantizeAndDequantizeV2
  QuantizeAndDequantizeV3 QuantizeAndDequantizeV4 SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits
  AdjustContrastv2 AdjustHue AdjustSaturation CropAndResize DrawBoundingBoxes DrawBoundingBoxesV2 HSVToRGB
  ImageProjectiveTransformV2 ImageProjectiveTransformV3 ResizeArea ResizeBicubic RGBToHSV ScaleAndTranslate
  AsString DecodeBase64 EncodeBase64 ReduceJoin RegexFullMatch RegexReplace StaticRegexFullMatch StaticRegexReplace
  StringFormat StringJoin StringLength StringLower StringNGrams StringSplit StringSplitV2 StringStrip
  StringToHashBucket StringToHashBucketFast StringToHashBucketStrong StringToNumber StringUpper Substr UnicodeDecode
  UnicodeDecodeWithOffsets UnicodeEncode UnicodeScript UnicodeTranscode UnsortedSegmentJoin
  Multinomial RandomGamma RandomPoissonV2 RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt
  StatelessMultinomial StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg
  StatelessRandomNormal StatelessRandomNormalV2 StatelessRandomUniform StatelessRandomUniformInt StatelessRandomUniformIntV2
  StatelessRandomUniformV2 StatelessTruncatedNormal StatelessTruncatedNormalV2 TruncatedNormal
`;

const PASSABLE: ReadonlySet<string> = new Set([
  ...ALL_OPERATORS.keys(),
  ...Object.keys(controlOperators),
  ...FURTHER.trim().split(/\s+/),
]);

/** Names that TensorFlow gives to functions which it traced; no operator has such a one. */
const TRACED = /^__/;

/**
 * Whether TensorFlow may be given a node.
 *
 * @param op its operator, or the function that it calls
 * @param functions names of the functions that are handed over with it
 */
export function isPassable(op: string, functions: ReadonlySet<string>): boolean {
  return PASSABLE.has(op) || (TRACED.test(op) && functions.has(op));
}
