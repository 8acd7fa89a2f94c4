/** Where a model is in its life. */
export type ModelState = 'unloaded' | 'loading' | 'ready' | 'failed' | 'unloading';

/** The state of one model. */
export interface ModelHealth {
  readonly name: string;
  /** As asked for by the caller, e.g. `v1`. */
  readonly version: string;
  /** Artefact in use, e.g. `trained/fraud_detector_v1_20240101.onnx`. */
  readonly artefact: string | undefined;
  readonly state: ModelState;
  /** ISO 8601. */
  readonly since: string;
  /** Why it is in this state, where there is something to say. */
  readonly reason: string | undefined;
  /** Code of the error that it failed with. */
  readonly code: string | undefined;
  /**
   * Whether it was loaded once and no load of it failed since. A model that was evicted is still available: its next call
   * loads it again.
   */
  readonly available: boolean;
}

/** A model that must be there before the process takes requests. */
export interface RequiredModel {
  readonly name: string;
  /** As callers ask for it, e.g. `v1`. */
  readonly version: string;
}

/** Whether the process should get requests. */
export interface Readiness {
  /** Whether the registry is open and every required model available. */
  readonly ready: boolean;
  /** `closed`, or which required models are missing; `undefined` where it is ready. */
  readonly reason: string | undefined;
  /** The required models, whatever their state. */
  readonly models: readonly ModelHealth[];
}

/** What became of the load of one required model. */
export interface RequiredLoad extends RequiredModel {
  /** `undefined` where it is available. */
  readonly error: Error | undefined;
  /** Milliseconds; about 0 where it was loaded before. */
  readonly durationMs: number;
}

/** What loading all required models gave. */
export interface ReadyReport {
  readonly ready: boolean;
  readonly loads: readonly RequiredLoad[];
}

/** The state of a registry. */
export interface RegistryHealth {
  /** `ok`: no model failed. `failing`: at least one did. `closed`: no call will succeed. */
  readonly status: 'ok' | 'failing' | 'closed';
  readonly models: readonly ModelHealth[];
  readonly memory: MemoryUse;
}

/** What the cache holds. */
export interface MemoryUse {
  /** Bytes of loaded models, those being unloaded included. */
  readonly residentBytes: number;
  /** Bytes promised to loads in progress. */
  readonly reservedBytes: number;
  readonly budgetBytes: number;
  /** Bytes per artefact. */
  readonly perModel: Readonly<Record<string, number>>;
}
