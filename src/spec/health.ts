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
