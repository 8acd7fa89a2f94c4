export { readRows, type RowReader, type RowSchema } from './data/rows.ts';
export {
  AbortedError,
  ArtefactError,
  BackupError,
  CacheError,
  ConfigurationError,
  DeadlineError,
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
  PublishError,
  SidecarError,
  WorkerError,
} from './errors/index.ts';
export { LoaderRegistry } from './loaders/loader-registry.ts';
export type { Authorize, PublishingAction } from './publishing/authorize.ts';
export type { Backup, BackupOptions } from './publishing/backup-models.ts';
export { backupModels, pruneModels, publishModel, recoverModels, restoreModels } from './publishing/lazy.ts';
export type { Pruned, PrunedRelease, PruneOptions } from './publishing/prune-models.ts';
export type { PublishedModel, PublishOptions, PublishProgress } from './publishing/publish-model.ts';
export type { Recovered, RecoverOptions } from './publishing/recover-models.ts';
export type { Restored, RestoreOptions } from './publishing/restore-models.ts';
export { BaseMLService, type ServiceOptions } from './service/base-ml-service.ts';
export type { AdmissionOptions, BatchingOptions, ExecutionOptions } from './service/execution-options.ts';
export { type FileInspection, inspectFile, type InspectOptions } from './service/inspect-file.ts';
export { type Listeners, loadModel, type LoadModelOptions, type ModelBytes } from './service/load-model.ts';
export {
  type AreaOptions,
  MLServiceRegistry,
  type ModelSummary,
  type ServiceClass,
  type ServiceLike,
  type Verified,
} from './service/ml-service-registry.ts';
export type { CacheOptions, ModelOverride, RegistryOptions, Verification } from './service/registry-options.ts';
export { scanFile, type ScanOptions } from './service/scan-file.ts';
export type { SandboxMode } from './sidecar/sandbox-policy.ts';
export type { SidecarOptions } from './sidecar/sidecar-settings.ts';
export type { Artefact, Content, SlicedFile } from './spec/artefact.ts';
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
export type {
  EventSource,
  EvictReason,
  ModelRef,
  PhaseTimes,
  ServiceEventMap,
  ServiceEventName,
  ServiceListener,
} from './spec/events.ts';
export type { ExecutionStatus, LaneStatus, LoaderModule, Place, PlaceChoice, Priority } from './spec/execution.ts';
export type { MemoryUse, ModelHealth, ModelState, RegistryHealth } from './spec/health.ts';
export type { Limits } from './spec/limits.ts';
export type { BuiltinLoader, LoaderDescriptor } from './spec/loader-descriptor.ts';
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
  OpenOptions,
  RepositoryIndex,
  RepositoryProblem,
} from './spec/model-repository.ts';
export type { Candidate, Explanation } from './spec/resolution.ts';
export type { ArrowTableLike, Columns, Row, Rows } from './spec/rows.ts';
export type { Finding, ScanReport, ScanVerdict } from './spec/scan.ts';
export type { StoredData, StoredDType, StoredTensor, TensorInfo } from './spec/stored-tensor.ts';
export type { DType, Tensor, TensorData, TensorLike } from './spec/tensor.ts';
