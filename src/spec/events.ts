import type { MemoryUse, ModelState } from './health.ts';
import type { LoadPhase } from './model-loader.ts';
import type { ModelMethod } from './model.ts';

/** Which model an event speaks of. */
export interface ModelRef {
  /** Model name. */
  readonly model: string;
  /** Version label of the artefact, or `undefined` where it has none (or none was found yet). */
  readonly version: string | undefined;
  /** Path relative to the models directory, or the bare file's path. */
  readonly artefact: string | undefined;
}

/** Milliseconds that each step of a load took; a step that did not happen is absent. */
export type PhaseTimes = Readonly<Partial<Record<LoadPhase, number>>>;

/** Why a model left the cache. */
export type EvictReason = 'budget' | 'idle' | 'unload' | 'close' | 'replaced';

/** Every event, its name `noun:action`, and its payload. Times are milliseconds, sizes bytes. */
export interface ServiceEventMap {
  'load:start': ModelRef & { readonly requested: string };
  'load:progress': ModelRef & { readonly bytesRead: number; readonly bytesTotal: number };
  /** Something is odd but not wrong: while loading, or about the rows of a call. */
  'model:warning': ModelRef & { readonly code: string; readonly message: string };
  'load:end': ModelRef & {
    readonly format: string;
    readonly engine: string;
    readonly bytes: number;
    /** Empty where `ModelInfo.sha256` is. */
    readonly sha256: string;
    readonly verified: boolean;
    readonly phases: PhaseTimes;
    readonly durationMs: number;
  };
  'load:error': ModelRef & { readonly error: unknown; readonly phase: LoadPhase; readonly durationMs: number };
  /** The bytes were compared with a checksum (`ok`), or there was none to compare with (`skipped`). */
  'verify:end': ModelRef & {
    readonly result: 'ok' | 'skipped';
    readonly algorithm: string | undefined;
    readonly durationMs: number;
  };
  /** A call found its model loaded. */
  'cache:hit': ModelRef;
  'cache:evict': ModelRef & { readonly reason: EvictReason; readonly bytes: number; readonly idleMs: number };
  'unload:start': ModelRef & { readonly leases: number };
  'unload:end': ModelRef & { readonly bytes: number; readonly durationMs: number };
  /** Sent after each load and unload. */
  'memory:sample': MemoryUse & { readonly rssBytes: number };
  /** A load needs more than is free: models will be evicted, or it waits. */
  'memory:pressure': MemoryUse & { readonly neededBytes: number };
  'health:change': ModelRef & {
    readonly from: ModelState;
    readonly to: ModelState;
    readonly reason: string | undefined;
  };
  'predict:end': ModelRef & {
    readonly method: ModelMethod;
    /** `undefined` where rows have no length (`run`). */
    readonly rows: number | undefined;
    readonly durationMs: number;
    readonly error: unknown;
  };
  /** The repository's files changed while it was watched. */
  'repository:change': { readonly location: string };
}

export type ServiceEventName = keyof ServiceEventMap;
export type ServiceListener<E extends ServiceEventName> = (payload: ServiceEventMap[E]) => void;

/** The listening half of an emitter. */
export interface EventSource {
  on<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this;
  once<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this;
  off<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this;
}
