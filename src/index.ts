export type { FilePermissions } from './access/file-permissions.ts';
export type { EncryptedFile, EncryptModelOptions } from './access/encryption/encrypt-model.ts';
export { encryptModel } from './access/encryption/lazy.ts';
export { runAs } from './access/run-as.ts';
export { compileInputContract, type ContractFacts } from './contract/compile-contract.ts';
export { readRows, type RowReader, type RowSchema } from './data/rows.ts';
export {
  AbortedError,
  AccessError,
  ArtefactError,
  AuthenticityError,
  BackupError,
  CacheError,
  ConfigurationError,
  ContractError,
  DeadlineError,
  EncryptionError,
  ERROR_CODES,
  type ErrorCode,
  type ErrorCodeEntry,
  FormatError,
  InputError,
  IntegrityError,
  LifecycleError,
  LoadError,
  LoaderError,
  MetadataError,
  MLServiceError,
  ModelMethodError,
  ModelNotFoundError,
  OverloadError,
  PredictionError,
  QuantizeError,
  RouteError,
  ProtocolError,
  RemoteError,
  PublishError,
  SidecarError,
  SwapError,
  WorkerError,
} from './errors/index.ts';
export type { LockDifference } from './integrity/compare-locks.ts';
export type { LockedFile, LockedModel, ModelsLock } from './integrity/models-lock.ts';
export { LoaderRegistry } from './loaders/loader-registry.ts';
export { quantizeModel } from './quantization/index.ts';
export type {
  QuantizationMethod,
  QuantizationReport,
  QuantizeOptions,
  RewrittenWeight,
} from './quantization/quantize-options.ts';
export type { CollectOpenTelemetryOptions, OpenTelemetryMeter } from './metrics/collect-opentelemetry.ts';
export type { CollectPrometheusOptions, PrometheusRegister } from './metrics/collect-prometheus.ts';
export { collectOpenTelemetry, collectPrometheus } from './metrics/lazy.ts';
export type { MetricsSource } from './metrics/metrics-source.ts';
export type { GrpcService } from './server/create-grpc-service.ts';
export { createInferenceHandler, type InferenceHandler } from './server/create-inference-handler.ts';
export { createInferencePlugin, type InferencePlugin } from './server/create-inference-plugin.ts';
export type { InferenceCall, InferenceOptions } from './server/inference-options.ts';
export { createGrpcService, serve } from './server/lazy.ts';
export type { RunningServer, ServeOptions } from './server/serve.ts';
export type { Authorize, PublishingAction } from './publishing/authorize.ts';
export type { Backup, BackupOptions } from './publishing/backup-models.ts';
export { backupModels, pruneModels, publishModel, recoverModels, restoreModels } from './publishing/lazy.ts';
export type { Pruned, PrunedRelease, PruneOptions } from './publishing/prune-models.ts';
export type { PublishedModel, PublishOptions, PublishProgress } from './publishing/publish-model.ts';
export type { Recovered, RecoverOptions } from './publishing/recover-models.ts';
export type { Restored, RestoreOptions } from './publishing/restore-models.ts';
export { BaseMLService, type ServiceOptions } from './service/base-ml-service.ts';
export type { InputValidation } from './service/contract-guard.ts';
export type { AdmissionOptions, BatchingOptions, ExecutionOptions } from './service/execution-options.ts';
export {
  createHealthHandler,
  type HealthHandler,
  type HealthRequest,
  type HealthResponse,
} from './service/health/create-health-handler.ts';
export {
  createHealthPlugin,
  type HealthPlugin,
  type HealthReply,
  type HealthServer,
} from './service/health/create-health-plugin.ts';
export type {
  HealthBody,
  HealthOptions,
  HealthPaths,
  HealthSource,
  ModelHealthBody,
} from './service/health/health-answer.ts';
export type { FileInspection, InspectOptions } from './service/inspect-file.ts';
export { inspectFile, loadModel, lockModels, scanFile, verifyModel } from './service/lazy.ts';
export type { Listeners, LoadModelOptions, ModelBytes } from './service/load-model.ts';
export {
  type AreaOptions,
  MLServiceRegistry,
  type ModelSummary,
  type ServiceClass,
} from './service/ml-service-registry.ts';
export type { ServiceLike } from './service/service-contract.ts';
export type { LockOptions, LockReport } from './service/lock-models.ts';
export type {
  CacheOptions,
  FallbackOptions,
  ModelOverride,
  RegistryOptions,
  Verification,
} from './service/registry-options.ts';
export type { FallbackOrder, RemoteOptions, RemoteTls } from './remote/remote-options.ts';
export type { ScanOptions } from './service/scan-file.ts';
export type { ModelVerification, VerifyModelOptions } from './service/verify-model.ts';
export type { Verified } from './service/verify-record.ts';
export type { RollbackOptions, SwapOptions, TakeOverOptions } from './service/swap/swap-options.ts';
export type { SandboxMode } from './sidecar/sandbox-policy.ts';
export type { SidecarOptions } from './sidecar/sidecar-settings.ts';
export type {
  AccessAction,
  AccessDecision,
  AccessOption,
  AccessPolicy,
  AccessRequest,
  AccessRule,
  Principal,
} from './spec/access.ts';
export type { Artefact, Content, SignableFile, SignatureFile, SlicedFile } from './spec/artefact.ts';
export type {
  AuthenticityFact,
  AuthenticityOptions,
  AuthenticityPolicy,
  ProofState,
  SignatureFact,
  SigstoreSigner,
  TrustedSigner,
} from './spec/authenticity.ts';
export type { ByteSource } from './spec/byte-source.ts';
export type { ConversionNeed } from './spec/converter.ts';
export type {
  CustomClass,
  CustomEstimator,
  CustomMatrix,
  CustomRows,
  CustomState,
  PickleLoaderOptions,
} from './spec/custom-estimator.ts';
export type { EncryptionOptions } from './spec/encryption.ts';
export type {
  EventSource,
  EvictReason,
  ModelRef,
  PhaseTimes,
  ServiceEventMap,
  ServiceEventName,
  ServiceListener,
  SwapFacts,
} from './spec/events.ts';
export type { ExecutionStatus, LaneStatus, LoaderModule, Place, PlaceChoice, Priority } from './spec/execution.ts';
export type {
  MemoryUse,
  ModelHealth,
  ModelState,
  Readiness,
  ReadyReport,
  RegistryHealth,
  RequiredLoad,
  RequiredModel,
} from './spec/health.ts';
export type {
  ContractFeature,
  FeatureType,
  InputContract,
  InputFeature,
  InputIssue,
} from './spec/input-contract.ts';
export type { Limits } from './spec/limits.ts';
export type { BuiltinLoader, LoaderDescriptor } from './spec/loader-descriptor.ts';
export type { ExpositionFormat, MetricFamily, MetricSample, MetricsSnapshot } from './spec/metrics.ts';
export type { ModelMetadata, ModelSamples } from './spec/metadata.ts';
export type {
  Awaitable,
  ExtraFeatures,
  Inspection,
  LoadContext,
  LoadedInfo,
  LoadedModel,
  LoaderCapabilities,
  LoadPhase,
  ModelLoader,
  ModelWarning,
  RowFunction,
  ScanContext,
  SlicedContent,
} from './spec/model-loader.ts';
export type {
  CallOptions,
  Feeds,
  Label,
  Model,
  ModelInfo,
  ModelMethod,
  Prediction,
  RowMethod,
  Task,
  ValueInfo,
} from './spec/model.ts';
export type {
  ModelArea,
  ModelRecord,
  ModelRepository,
  OpenedPath,
  OpenOptions,
  RepositoryIndex,
  RepositoryProblem,
} from './spec/model-repository.ts';
export type { Candidate, Explanation } from './spec/resolution.ts';
export type {
  ArmBounds,
  ArmComparison,
  ArmOptions,
  ArmOut,
  ArmStatus,
  ArmSummary,
  Assignment,
  Breach,
  Estimate,
  LatencySummary,
  ModelRoute,
  OutcomeResult,
  RoutedPrediction,
  RouteOptions,
  RouteSummary,
  RouteTag,
  ShadowOptions,
  ShadowStatus,
} from './spec/routing.ts';
export type { ArrowTableLike, Columns, Row, Rows } from './spec/rows.ts';
export type { Finding, ScanReport, ScanVerdict } from './spec/scan.ts';
export type { SchemaIssue, SchemaResult, StandardSchemaV1 } from './spec/standard-schema.ts';
export type { StoredData, StoredDType, StoredTensor, TensorInfo } from './spec/stored-tensor.ts';
export type { SwapDifference, SwapPolicy, SwapResult, SwapStep, SwapTimes, SwapTrigger } from './spec/swap.ts';
export type { DType, Tensor, TensorData, TensorLike } from './spec/tensor.ts';
