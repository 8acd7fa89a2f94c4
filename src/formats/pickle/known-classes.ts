// Which classes are read as plain records, and which functions files may refer to as values. Exact names; nothing
// here is looked up, called or imported. One line is `module: names`; an indented line continues the one above.

import { THIRD_PARTY_CLASSES } from './third-party-classes.ts';

/** Parses the tables below: `module` to its names. */
function table(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const modules = new Map<string, Set<string>>();
  let names = new Set<string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) {
      names = new Set();
      modules.set(line.slice(0, colon), names);
    }
    for (const name of line.slice(colon > 0 ? colon + 2 : 0).split(' ')) if (name !== '') names.add(name);
  }
  return modules;
}

/** Classes whose instances are data. scikit-learn 0.19 to 1.9, numpy, scipy, pandas, XGBoost, LightGBM, CatBoost. */
export const KNOWN_CLASSES: ReadonlyMap<string, ReadonlySet<string>> = table(`
argparse: Namespace
builtins: NoneType ellipsis object
catboost.core: CatBoost CatBoostClassifier CatBoostRanker CatBoostRegressor Pool
collections: UserDict UserList
joblib.numpy_pickle: NumpyArrayWrapper
sklearn.externals.joblib.numpy_pickle: NumpyArrayWrapper
lightgbm.basic: Booster
lightgbm.callback: _EarlyStoppingCallback _LogEvaluationCallback _RecordEvaluationCallback
lightgbm.sklearn: LGBMClassifier LGBMModel LGBMRanker LGBMRegressor
numpy: bool bool_ bytes_ character complex128 complex64 complex_ datetime64 double flexible float16 float32 float64
  float_ floating generic half inexact int16 int32 int64 int8 int_ intc integer intp longlong matrix memmap ndarray
  number object_ recarray record signedinteger single str_ string_ timedelta64 uint uint16 uint32 uint64 uint8 uintc
  uintp ulonglong unicode_ unsignedinteger void
numpy._core.memmap: memmap
numpy._core.records: recarray record
numpy.char: chararray
numpy.core.memmap: memmap
numpy.core.records: recarray record
numpy.ma: MaskedArray
numpy.ma.core: MaskedArray
numpy.matrixlib.defmatrix: matrix
numpy.random._generator: Generator
numpy.random._mt19937: MT19937
numpy.random._pcg64: PCG64 PCG64DXSM
numpy.random._philox: Philox
numpy.random._sfc64: SFC64
numpy.random.bit_generator: SeedSequence
numpy.random.mtrand: RandomState
numpy.rec: recarray record
pandas: BooleanDtype Categorical CategoricalDtype CategoricalIndex DataFrame DatetimeIndex DatetimeTZDtype
  Float32Dtype Float64Dtype Index Int16Dtype Int32Dtype Int64Dtype Int8Dtype IntervalDtype IntervalIndex MultiIndex
  PeriodDtype PeriodIndex RangeIndex Series SparseDtype StringDtype TimedeltaIndex UInt16Dtype UInt32Dtype UInt64Dtype
  UInt8Dtype
pandas._libs.internals: BlockPlacement
pandas.arrays: ArrowStringArray BooleanArray Categorical DatetimeArray FloatingArray IntegerArray IntervalArray
  NumpyExtensionArray PeriodArray SparseArray StringArray TimedeltaArray
pandas.core.arrays.boolean: BooleanArray BooleanDtype
pandas.core.arrays.categorical: Categorical
pandas.core.arrays.datetimes: DatetimeArray
pandas.core.arrays.floating: Float32Dtype Float64Dtype FloatingArray
pandas.core.arrays.integer: Int16Dtype Int32Dtype Int64Dtype Int8Dtype IntegerArray UInt16Dtype UInt32Dtype
  UInt64Dtype UInt8Dtype
pandas.core.arrays.interval: IntervalArray
pandas.core.arrays.numpy_: NumpyExtensionArray PandasArray
pandas.core.arrays.period: PeriodArray
pandas.core.arrays.sparse.array: SparseArray
pandas.core.arrays.sparse.dtype: SparseDtype
pandas.core.arrays.string_: ArrowStringArray StringArray StringDtype
pandas.core.arrays.timedeltas: TimedeltaArray
pandas.core.dtypes.dtypes: CategoricalDtype DatetimeTZDtype IntervalDtype PeriodDtype
pandas.core.flags: Flags
pandas.core.frame: DataFrame
pandas.core.indexes.base: Index
pandas.core.indexes.category: CategoricalIndex
pandas.core.indexes.datetimes: DatetimeIndex
pandas.core.indexes.interval: IntervalIndex
pandas.core.indexes.multi: MultiIndex
pandas.core.indexes.numeric: Float64Index Int64Index UInt64Index
pandas.core.indexes.period: PeriodIndex
pandas.core.indexes.range: RangeIndex
pandas.core.indexes.timedeltas: TimedeltaIndex
pandas.core.internals: BlockManager SingleBlockManager
pandas.core.internals.blocks: Block NumericBlock ObjectBlock
pandas.core.internals.managers: BlockManager SingleBlockManager
pandas.core.series: Series
scipy.interpolate._bsplines: BSpline
scipy.interpolate._interpolate: interp1d
scipy.interpolate.interpolate: interp1d
scipy.sparse._arrays: bsr_array coo_array csc_array csr_array dia_array dok_array lil_array
scipy.sparse._bsr: bsr_array bsr_matrix
scipy.sparse._coo: coo_array coo_matrix
scipy.sparse._csc: csc_array csc_matrix
scipy.sparse._csr: csr_array csr_matrix
scipy.sparse._dia: dia_array dia_matrix
scipy.sparse._dok: dok_array dok_matrix
scipy.sparse._lil: lil_array lil_matrix
scipy.sparse.bsr: bsr_matrix
scipy.sparse.coo: coo_matrix
scipy.sparse.csc: csc_matrix
scipy.sparse.csr: csr_matrix
scipy.sparse.dia: dia_matrix
scipy.sparse.dok: dok_matrix
scipy.sparse.lil: lil_matrix
scipy.stats._continuous_distns: beta_gen expon_gen gamma_gen lognorm_gen loguniform_gen norm_gen randint_gen
  reciprocal_gen truncnorm_gen uniform_gen
scipy.stats._discrete_distns: binom_gen geom_gen poisson_gen randint_gen
scipy.stats._distn_infrastructure: rv_continuous_frozen rv_discrete_frozen rv_frozen rv_sample
sklearn._loss._loss: CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss CyHalfMultinomialLoss
  CyHalfPoissonLoss CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity CyHuberLoss CyPinballLoss
sklearn._loss.link: HalfLogitLink IdentityLink Interval LogLink LogitLink MultinomialLogit
sklearn._loss.loss: AbsoluteError ExponentialLoss HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss
  HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss
sklearn.calibration: CalibratedClassifierCV _CalibratedClassifier _IsotonicCalibration _SigmoidCalibration
  _TemperatureScaling
sklearn.cluster._affinity_propagation: AffinityPropagation
sklearn.cluster._agglomerative: AgglomerativeClustering FeatureAgglomeration
sklearn.cluster._bicluster: SpectralBiclustering SpectralCoclustering
sklearn.cluster._birch: Birch _CFNode _CFSubcluster
sklearn.cluster._bisect_k_means: BisectingKMeans _BisectingTree
sklearn.cluster._dbscan: DBSCAN
sklearn.cluster._hdbscan.hdbscan: HDBSCAN
sklearn.cluster._kmeans: KMeans MiniBatchKMeans
sklearn.cluster._mean_shift: MeanShift
sklearn.cluster._optics: OPTICS
sklearn.cluster._spectral: SpectralClustering
sklearn.cluster.affinity_propagation_: AffinityPropagation
sklearn.cluster.bicluster: SpectralBiclustering SpectralCoclustering
sklearn.cluster.birch: Birch _CFNode _CFSubcluster
sklearn.cluster.dbscan_: DBSCAN
sklearn.cluster.hierarchical: AgglomerativeClustering FeatureAgglomeration
sklearn.cluster.k_means_: KMeans MiniBatchKMeans
sklearn.cluster.mean_shift_: MeanShift
sklearn.cluster.optics_: OPTICS
sklearn.cluster.spectral: SpectralClustering
sklearn.compose._column_transformer: ColumnTransformer _RemainderColsList make_column_selector
sklearn.compose._target: TransformedTargetRegressor
sklearn.covariance._elliptic_envelope: EllipticEnvelope
sklearn.covariance._empirical_covariance: EmpiricalCovariance
sklearn.covariance._graph_lasso: GraphicalLasso GraphicalLassoCV
sklearn.covariance._robust_covariance: MinCovDet
sklearn.covariance._shrunk_covariance: LedoitWolf OAS ShrunkCovariance
sklearn.covariance.elliptic_envelope: EllipticEnvelope
sklearn.covariance.empirical_covariance_: EmpiricalCovariance
sklearn.covariance.graph_lasso_: GraphicalLasso GraphicalLassoCV
sklearn.covariance.robust_covariance: MinCovDet
sklearn.covariance.shrunk_covariance_: LedoitWolf OAS ShrunkCovariance
sklearn.cross_decomposition._pls: CCA PLSCanonical PLSRegression PLSSVD _PLS
sklearn.cross_decomposition.pls_: CCA PLSCanonical PLSRegression PLSSVD _PLS
sklearn.datasets.base: Bunch
sklearn.decomposition._dict_learning: DictionaryLearning MiniBatchDictionaryLearning SparseCoder
sklearn.decomposition._factor_analysis: FactorAnalysis
sklearn.decomposition._fastica: FastICA
sklearn.decomposition._incremental_pca: IncrementalPCA
sklearn.decomposition._kernel_pca: KernelPCA
sklearn.decomposition._lda: LatentDirichletAllocation
sklearn.decomposition._nmf: MiniBatchNMF NMF
sklearn.decomposition._online_lda_fast: LatentDirichletAllocation
sklearn.decomposition._pca: PCA
sklearn.decomposition._sparse_pca: MiniBatchSparsePCA SparsePCA
sklearn.decomposition._truncated_svd: TruncatedSVD
sklearn.decomposition.dict_learning: DictionaryLearning MiniBatchDictionaryLearning SparseCoder
sklearn.decomposition.factor_analysis: FactorAnalysis
sklearn.decomposition.fastica_: FastICA
sklearn.decomposition.incremental_pca: IncrementalPCA
sklearn.decomposition.kernel_pca: KernelPCA
sklearn.decomposition.nmf: MiniBatchNMF NMF
sklearn.decomposition.online_lda: LatentDirichletAllocation
sklearn.decomposition.pca: PCA
sklearn.decomposition.sparse_pca: MiniBatchSparsePCA SparsePCA
sklearn.decomposition.truncated_svd: TruncatedSVD
sklearn.discriminant_analysis: LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis
sklearn.dummy: DummyClassifier DummyRegressor
sklearn.ensemble._bagging: BaggingClassifier BaggingRegressor
sklearn.ensemble._forest: ExtraTreesClassifier ExtraTreesRegressor ForestClassifier ForestRegressor
  RandomForestClassifier RandomForestRegressor RandomTreesEmbedding
sklearn.ensemble._gb: GradientBoostingClassifier GradientBoostingRegressor
sklearn.ensemble._gb_losses: BinomialDeviance ClassificationLossFunction ExponentialLoss HuberLossFunction
  LeastAbsoluteError LeastSquaresError MultinomialDeviance QuantileLossFunction
sklearn.ensemble._hist_gradient_boosting.binning: _BinMapper
sklearn.ensemble._hist_gradient_boosting.common: MonotonicConstraint
sklearn.ensemble._hist_gradient_boosting.gradient_boosting: HistGradientBoostingClassifier
  HistGradientBoostingRegressor
sklearn.ensemble._hist_gradient_boosting.histogram: HistogramBuilder
sklearn.ensemble._hist_gradient_boosting.loss: BinaryCrossEntropy CategoricalCrossEntropy LeastAbsoluteDeviation
  LeastSquares Poisson
sklearn.ensemble._hist_gradient_boosting.predictor: TreePredictor
sklearn.ensemble._iforest: IsolationForest
sklearn.ensemble._stacking: StackingClassifier StackingRegressor
sklearn.ensemble._voting: VotingClassifier VotingRegressor
sklearn.ensemble._weight_boosting: AdaBoostClassifier AdaBoostRegressor
sklearn.ensemble.bagging: BaggingClassifier BaggingRegressor
sklearn.ensemble.forest: ExtraTreesClassifier ExtraTreesRegressor ForestClassifier ForestRegressor
  RandomForestClassifier RandomForestRegressor RandomTreesEmbedding
sklearn.ensemble.gradient_boosting: GradientBoostingClassifier GradientBoostingRegressor
sklearn.ensemble.iforest: IsolationForest
sklearn.ensemble.voting: VotingClassifier VotingRegressor
sklearn.ensemble.voting_classifier: VotingClassifier VotingRegressor
sklearn.ensemble.weight_boosting: AdaBoostClassifier AdaBoostRegressor
sklearn.feature_extraction._dict_vectorizer: DictVectorizer
sklearn.feature_extraction._hash: FeatureHasher
sklearn.feature_extraction.dict_vectorizer: DictVectorizer
sklearn.feature_extraction.hashing: FeatureHasher
sklearn.feature_extraction.image: PatchExtractor
sklearn.feature_extraction.text: CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer
sklearn.feature_selection._from_model: SelectFromModel
sklearn.feature_selection._rfe: RFE RFECV
sklearn.feature_selection._sequential: SequentialFeatureSelector
sklearn.feature_selection._univariate_selection: GenericUnivariateSelect SelectFdr SelectFpr SelectFwe SelectKBest
  SelectPercentile
sklearn.feature_selection._variance_threshold: VarianceThreshold
sklearn.feature_selection.from_model: SelectFromModel
sklearn.feature_selection.rfe: RFE RFECV
sklearn.feature_selection.univariate_selection: GenericUnivariateSelect SelectFdr SelectFpr SelectFwe SelectKBest
  SelectPercentile
sklearn.feature_selection.variance_threshold: VarianceThreshold
sklearn.frozen._frozen: FrozenEstimator
sklearn.gaussian_process._gpc: GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace
sklearn.gaussian_process._gpr: GaussianProcessRegressor
sklearn.gaussian_process.gpc: GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace
sklearn.gaussian_process.gpr: GaussianProcessRegressor
sklearn.gaussian_process.kernels: CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation
  Hyperparameter Matern PairwiseKernel Product RBF RationalQuadratic Sum WhiteKernel
sklearn.impute: MissingIndicator SimpleImputer
sklearn.impute._base: MissingIndicator SimpleImputer
sklearn.impute._iterative: IterativeImputer _ImputerTriplet
sklearn.impute._knn: KNNImputer
sklearn.isotonic: IsotonicRegression
sklearn.kernel_approximation: AdditiveChi2Sampler Nystroem PolynomialCountSketch RBFSampler SkewedChi2Sampler
sklearn.kernel_ridge: KernelRidge
sklearn.linear_model._base: LinearRegression
sklearn.linear_model._bayes: ARDRegression BayesianRidge
sklearn.linear_model._coordinate_descent: ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet
  MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV
sklearn.linear_model._glm.glm: GammaRegressor PoissonRegressor TweedieRegressor _GeneralizedLinearRegressor
sklearn.linear_model._huber: HuberRegressor
sklearn.linear_model._least_angle: Lars LarsCV LassoLars LassoLarsCV LassoLarsIC
sklearn.linear_model._logistic: LogisticRegression LogisticRegressionCV
sklearn.linear_model._omp: OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV
sklearn.linear_model._passive_aggressive: PassiveAggressiveClassifier PassiveAggressiveRegressor
sklearn.linear_model._perceptron: Perceptron
sklearn.linear_model._quantile: QuantileRegressor
sklearn.linear_model._ransac: RANSACRegressor
sklearn.linear_model._ridge: Ridge RidgeCV RidgeClassifier RidgeClassifierCV _IdentityClassifier _IdentityRegressor
  _RidgeGCV
sklearn.linear_model._sgd_fast: CyHalfBinomialLoss CyHalfSquaredError CyHuberLoss EpsilonInsensitive Hinge Huber Log
  ModifiedHuber SquaredEpsilonInsensitive SquaredHinge SquaredLoss
sklearn.linear_model._stochastic_gradient: SGDClassifier SGDOneClassSVM SGDRegressor _ValidationScoreCallback
sklearn.linear_model._theil_sen: TheilSenRegressor
sklearn.linear_model.base: LinearRegression
sklearn.linear_model.bayes: ARDRegression BayesianRidge
sklearn.linear_model.coordinate_descent: ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet
  MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV
sklearn.linear_model.huber: HuberRegressor
sklearn.linear_model.least_angle: Lars LarsCV LassoLars LassoLarsCV LassoLarsIC
sklearn.linear_model.logistic: LogisticRegression LogisticRegressionCV
sklearn.linear_model.omp: OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV
sklearn.linear_model.passive_aggressive: PassiveAggressiveClassifier PassiveAggressiveRegressor
sklearn.linear_model.perceptron: Perceptron
sklearn.linear_model.ransac: RANSACRegressor
sklearn.linear_model.ridge: Ridge RidgeCV RidgeClassifier RidgeClassifierCV _IdentityClassifier _IdentityRegressor
  _RidgeGCV
sklearn.linear_model.sgd_fast: CyHalfBinomialLoss CyHalfSquaredError CyHuberLoss EpsilonInsensitive Hinge Huber Log
  ModifiedHuber SquaredEpsilonInsensitive SquaredHinge SquaredLoss
sklearn.linear_model.stochastic_gradient: SGDClassifier SGDOneClassSVM SGDRegressor _ValidationScoreCallback
sklearn.linear_model.theil_sen: TheilSenRegressor
sklearn.manifold._isomap: Isomap
sklearn.manifold._locally_linear: LocallyLinearEmbedding
sklearn.manifold._mds: MDS
sklearn.manifold._spectral_embedding: SpectralEmbedding
sklearn.manifold._t_sne: TSNE
sklearn.manifold.isomap: Isomap
sklearn.manifold.locally_linear: LocallyLinearEmbedding
sklearn.manifold.mds: MDS
sklearn.manifold.spectral_embedding_: SpectralEmbedding
sklearn.manifold.t_sne: TSNE
sklearn.metrics._dist_metrics: BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance32 CanberraDistance64
  ChebyshevDistance ChebyshevDistance32 ChebyshevDistance64 DiceDistance32 DiceDistance64 DistanceMetric
  DistanceMetric32 DistanceMetric64 EuclideanDistance EuclideanDistance32 EuclideanDistance64 HammingDistance32
  HammingDistance64 HaversineDistance32 HaversineDistance64 JaccardDistance32 JaccardDistance64 KulsinskiDistance32
  KulsinskiDistance64 MahalanobisDistance32 MahalanobisDistance64 ManhattanDistance ManhattanDistance32
  ManhattanDistance64 MatchingDistance32 MatchingDistance64 MinkowskiDistance MinkowskiDistance32 MinkowskiDistance64
  PyFuncDistance32 PyFuncDistance64 RogersTanimotoDistance32 RogersTanimotoDistance64 RussellRaoDistance32
  RussellRaoDistance64 SEuclideanDistance32 SEuclideanDistance64 SokalMichenerDistance32 SokalMichenerDistance64
  SokalSneathDistance32 SokalSneathDistance64
sklearn.metrics._scorer: _CurveScorer _MultimetricScorer _PassthroughScorer _PredictScorer _ProbaScorer _Scorer
  _ThresholdScorer
sklearn.metrics.scorer: _CurveScorer _MultimetricScorer _PassthroughScorer _PredictScorer _ProbaScorer _Scorer
  _ThresholdScorer
sklearn.mixture._bayesian_mixture: BayesianGaussianMixture
sklearn.mixture._gaussian_mixture: GaussianMixture
sklearn.mixture.bayesian_mixture: BayesianGaussianMixture
sklearn.mixture.gaussian_mixture: GaussianMixture
sklearn.model_selection._classification_threshold: FixedThresholdClassifier TunedThresholdClassifierCV
sklearn.model_selection._search: GridSearchCV ParameterGrid ParameterSampler RandomizedSearchCV
sklearn.model_selection._search_successive_halving: HalvingGridSearchCV HalvingRandomSearchCV _SubsampleMetaSplitter
sklearn.model_selection._split: GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut
  LeavePOut PredefinedSplit RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold
  StratifiedShuffleSplit TimeSeriesSplit _CVIterableWrapper _RepeatedSplits
sklearn.multiclass: OneVsOneClassifier OneVsRestClassifier OutputCodeClassifier _ConstantPredictor
sklearn.multioutput: ClassifierChain MultiOutputClassifier MultiOutputRegressor RegressorChain _MultiOutputEstimator
sklearn.naive_bayes: BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB
sklearn.neighbors._ball_tree: BallTree BallTree32 BallTree64
sklearn.neighbors._base: NeighborsBase
sklearn.neighbors._classification: KNeighborsClassifier RadiusNeighborsClassifier
sklearn.neighbors._dist_metrics: ChebyshevDistance EuclideanDistance ManhattanDistance MinkowskiDistance
sklearn.neighbors._graph: KNeighborsTransformer RadiusNeighborsTransformer
sklearn.neighbors._kd_tree: KDTree KDTree32 KDTree64
sklearn.neighbors._kde: KernelDensity
sklearn.neighbors._lof: LocalOutlierFactor
sklearn.neighbors._nca: NeighborhoodComponentsAnalysis
sklearn.neighbors._nearest_centroid: NearestCentroid
sklearn.neighbors._regression: KNeighborsRegressor RadiusNeighborsRegressor
sklearn.neighbors._unsupervised: NearestNeighbors
sklearn.neighbors.ball_tree: BallTree BallTree32 BallTree64
sklearn.neighbors.classification: KNeighborsClassifier RadiusNeighborsClassifier
sklearn.neighbors.dist_metrics: ChebyshevDistance EuclideanDistance ManhattanDistance MinkowskiDistance
sklearn.neighbors.kd_tree: KDTree KDTree32 KDTree64
sklearn.neighbors.kde: KernelDensity
sklearn.neighbors.lof: LocalOutlierFactor
sklearn.neighbors.nca: NeighborhoodComponentsAnalysis
sklearn.neighbors.nearest_centroid: NearestCentroid
sklearn.neighbors.regression: KNeighborsRegressor RadiusNeighborsRegressor
sklearn.neighbors.unsupervised: NearestNeighbors
sklearn.neural_network._multilayer_perceptron: MLPClassifier MLPRegressor
sklearn.neural_network._rbm: BernoulliRBM
sklearn.neural_network._stochastic_optimizers: AdamOptimizer SGDOptimizer
sklearn.neural_network.multilayer_perceptron: MLPClassifier MLPRegressor
sklearn.neural_network.rbm: BernoulliRBM
sklearn.pipeline: FeatureUnion Pipeline
sklearn.preprocessing._data: Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer PolynomialFeatures
  PowerTransformer QuantileTransformer RobustScaler StandardScaler
sklearn.preprocessing._discretization: KBinsDiscretizer
sklearn.preprocessing._encoders: OneHotEncoder OrdinalEncoder
sklearn.preprocessing._function_transformer: FunctionTransformer
sklearn.preprocessing._label: LabelBinarizer LabelEncoder MultiLabelBinarizer
sklearn.preprocessing._polynomial: PolynomialFeatures SplineTransformer
sklearn.preprocessing._target_encoder: TargetEncoder
sklearn.preprocessing.data: Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer PolynomialFeatures
  PowerTransformer QuantileTransformer RobustScaler StandardScaler
sklearn.preprocessing.imputation: Imputer MissingIndicator SimpleImputer
sklearn.preprocessing.label: LabelBinarizer LabelEncoder MultiLabelBinarizer
sklearn.random_projection: GaussianRandomProjection SparseRandomProjection
sklearn.semi_supervised._label_propagation: LabelPropagation LabelSpreading
sklearn.semi_supervised._self_training: SelfTrainingClassifier
sklearn.semi_supervised.label_propagation: LabelPropagation LabelSpreading
sklearn.svm._classes: LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR
sklearn.svm.classes: LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR
sklearn.tree._classes: DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor
sklearn.tree._criterion: ClassificationCriterion Criterion Entropy FriedmanMSE Gini MAE MSE Poisson
  RegressionCriterion
sklearn.tree._splitter: BestSparseSplitter BestSplitter RandomSparseSplitter RandomSplitter Splitter
sklearn.tree._tree: Tree
sklearn.tree._utils: WeightedMedianCalculator WeightedPQueue
sklearn.tree.tree: DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor
sklearn.utils: Bunch
sklearn.utils._bunch: Bunch
sklearn.utils._metadata_requests: MetadataRequest MetadataRouter MethodMapping MethodMetadataRequest MethodPair
  RequestMethod RouterMappingPair _MetadataRequester
sklearn.utils.deprecation: DeprecationDict
types: SimpleNamespace
xgboost.callback: EarlyStopping TrainingCallback
xgboost.core: Booster DMatrix
xgboost.sklearn: XGBClassifier XGBModel XGBRFClassifier XGBRFRegressor XGBRanker XGBRegressor
torch: BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage
  FloatStorage HalfStorage IntStorage LongStorage QInt32Storage QInt8Storage QUInt2x4Storage QUInt4x2Storage
  QUInt8Storage ShortStorage UntypedStorage
torch.storage: TypedStorage UntypedStorage _TypedStorage _UntypedStorage
lightning.fabric.utilities.data: AttributeDict
lightning_fabric.utilities.data: AttributeDict
lightning_fabric.utilities.types: AttributeDict
pytorch_lightning.utilities.parsing: AttributeDict
${THIRD_PARTY_CLASSES}`);

/** Classes of the table that are dictionaries: their instances may be given entries. */
export const DICT_CLASSES: ReadonlySet<string> = new Set([
  'sklearn.utils.Bunch',
  'sklearn.utils._bunch.Bunch',
  'sklearn.datasets.base.Bunch',
  'sklearn.utils.deprecation.DeprecationDict',
  'scipy.sparse._dok.dok_matrix',
  'scipy.sparse.dok.dok_matrix',
  'collections.UserDict',
  'lightning.fabric.utilities.data.AttributeDict',
  'lightning_fabric.utilities.data.AttributeDict',
  'lightning_fabric.utilities.types.AttributeDict',
  'pytorch_lightning.utilities.parsing.AttributeDict',
]);

/** Functions that models refer to (a scorer, the function of a FunctionTransformer) and that reading never calls. */
export const KNOWN_VALUES: ReadonlyMap<string, ReadonlySet<string>> = table(`
numpy: abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conjugate cos cosh deg2rad
  degrees divide exp exp2 expm1 fabs floor floor_divide fmax fmin hypot invert isfinite isinf isnan log log10 log1p log2
  logaddexp logical_and logical_not logical_or maximum minimum mod multiply negative positive power rad2deg radians
  reciprocal rint sign signbit sin sinh spacing sqrt square subtract tan tanh trunc mean median average std var sum prod
  amin amax min max ravel reshape nan_to_num clip around round array asarray asanyarray concatenate transpose squeeze
  expand_dims argmax argmin unique percentile quantile nanmean nanmedian nansum hstack vstack column_stack cumsum diff
  where newaxis nan inf
numpy.core._multiarray_umath: abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil
  conjugate cos cosh deg2rad degrees divide exp exp2 expm1 fabs floor floor_divide fmax fmin hypot invert isfinite isinf
  isnan log log10 log1p log2 logaddexp logical_and logical_not logical_or maximum minimum mod multiply negative positive
  power rad2deg radians reciprocal rint sign signbit sin sinh spacing sqrt square subtract tan tanh trunc
numpy._core._multiarray_umath: abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil
  conjugate cos cosh deg2rad degrees divide exp exp2 expm1 fabs floor floor_divide fmax fmin hypot invert isfinite isinf
  isnan log log10 log1p log2 logaddexp logical_and logical_not logical_or maximum minimum mod multiply negative positive
  power rad2deg radians reciprocal rint sign signbit sin sinh spacing sqrt square subtract tan tanh trunc
numpy.core.umath: abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conjugate cos cosh
  deg2rad degrees divide exp exp2 expm1 fabs floor floor_divide fmax fmin hypot invert isfinite isinf isnan log log10
  log1p log2 logaddexp logical_and logical_not logical_or maximum minimum mod multiply negative positive power rad2deg
  radians reciprocal rint sign signbit sin sinh spacing sqrt square subtract tan tanh trunc
numpy._core.umath: abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil conjugate cos cosh
  deg2rad degrees divide exp exp2 expm1 fabs floor floor_divide fmax fmin hypot invert isfinite isinf isnan log log10
  log1p log2 logaddexp logical_and logical_not logical_or maximum minimum mod multiply negative positive power rad2deg
  radians reciprocal rint sign signbit sin sinh spacing sqrt square subtract tan tanh trunc
numpy.core.fromnumeric: mean std var sum prod amin amax min max ravel reshape clip around round_ transpose squeeze
  argmax argmin cumsum
numpy._core.fromnumeric: mean std var sum prod amin amax min max ravel reshape clip around round_ transpose squeeze
  argmax argmin cumsum
numpy.lib.function_base: median average percentile quantile diff
numpy.lib._function_base_impl: median average percentile quantile diff
numpy.lib.type_check: nan_to_num
numpy.lib._type_check_impl: nan_to_num
numpy.lib.nanfunctions: nanmean nanmedian nansum nanstd nanmax nanmin
numpy.lib._nanfunctions_impl: nanmean nanmedian nansum nanstd nanmax nanmin
scipy.special._ufuncs: expit logit log1p expm1 boxcox1p inv_boxcox1p erf
scipy.special: expit logit boxcox inv_boxcox
sklearn.feature_selection._univariate_selection: f_classif f_regression chi2 r_regression f_oneway
sklearn.feature_selection.univariate_selection: f_classif f_regression chi2 f_oneway
sklearn.feature_selection._mutual_info: mutual_info_classif mutual_info_regression
sklearn.feature_selection.mutual_info_: mutual_info_classif mutual_info_regression
sklearn.feature_selection._from_model: _get_feature_importances
sklearn.metrics._classification: accuracy_score balanced_accuracy_score f1_score fbeta_score precision_score
  recall_score jaccard_score matthews_corrcoef cohen_kappa_score hamming_loss zero_one_loss log_loss brier_score_loss
  classification_report confusion_matrix
sklearn.metrics.classification: accuracy_score balanced_accuracy_score f1_score fbeta_score precision_score
  recall_score jaccard_score matthews_corrcoef cohen_kappa_score hamming_loss zero_one_loss log_loss brier_score_loss
  classification_report confusion_matrix
sklearn.metrics._regression: r2_score mean_squared_error root_mean_squared_error mean_absolute_error
  median_absolute_error mean_squared_log_error root_mean_squared_log_error explained_variance_score max_error
  mean_absolute_percentage_error mean_poisson_deviance mean_gamma_deviance mean_tweedie_deviance d2_absolute_error_score
  mean_pinball_loss
sklearn.metrics.regression: r2_score mean_squared_error root_mean_squared_error mean_absolute_error
  median_absolute_error mean_squared_log_error root_mean_squared_log_error explained_variance_score max_error
  mean_absolute_percentage_error mean_poisson_deviance mean_gamma_deviance mean_tweedie_deviance d2_absolute_error_score
  mean_pinball_loss
sklearn.metrics._ranking: roc_auc_score average_precision_score roc_curve auc top_k_accuracy_score ndcg_score
  dcg_score
sklearn.metrics.ranking: roc_auc_score average_precision_score roc_curve auc top_k_accuracy_score ndcg_score dcg_score
sklearn.metrics._scorer: _passthrough_scorer
sklearn.metrics.scorer: _passthrough_scorer
sklearn.metrics.pairwise: euclidean_distances cosine_similarity rbf_kernel linear_kernel polynomial_kernel
  sigmoid_kernel laplacian_kernel chi2_kernel additive_chi2_kernel manhattan_distances cosine_distances
sklearn.utils.validation: check_array
sklearn.utils.extmath: softmax
sklearn.utils._indexing: _safe_indexing
sklearn.cluster._kmeans: _kmeans_single_lloyd _kmeans_single_elkan
sklearn.linear_model._sgd_fast: plain_sgd
sklearn.preprocessing._data: scale normalize minmax_scale maxabs_scale robust_scale binarize
sklearn.preprocessing._function_transformer: _identity
sklearn.feature_extraction.text: strip_accents_ascii strip_accents_unicode strip_tags
builtins: abs len max min pow print round sorted sum any all repr hash id type isinstance chr ord zip enumerate
  Ellipsis NotImplemented None ValueError TypeError KeyError Exception RuntimeError Warning UserWarning
  DeprecationWarning FutureWarning
math: sqrt log log1p log2 log10 exp expm1 sin cos tan floor ceil
pandas._libs.missing: NA
pandas._libs.tslibs.nattype: NaT
torch: Tensor bfloat16 bool bits16 bits1x8 bits2x4 bits4x2 bits8 chalf cdouble cfloat complex128 complex32 complex64
  double float float16 float32 float4_e2m1fn_x2 float64 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz
  float8_e8m0fnu half int int16 int32 int64 int8 long per_channel_affine per_channel_affine_float_qparams
  per_channel_symmetric per_tensor_affine per_tensor_symmetric qint32 qint8 quint2x4 quint4x2 quint8 short strided
  uint16 uint32 uint64 uint8
torch._tensor: Tensor
torch.nn.parameter: Buffer Parameter
`);
