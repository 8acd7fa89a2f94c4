import type { AuthenticityFact } from './authenticity.ts';
import type { AccessDecision } from './access.ts';
import type { Place } from './execution.ts';
import type { MemoryUse, ModelState } from './health.ts';
import type { LoadPhase } from './model-loader.ts';
import type { ModelMethod } from './model.ts';
import type { SwapPolicy, SwapResult, SwapStep, SwapTimes, SwapTrigger } from './swap.ts';
import type { Breach, RouteTag } from './routing.ts';

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
export type EvictReason = 'budget' | 'idle' | 'unload' | 'close' | 'replaced' | 'pressure' | 'crashed';

/** What every event of a swap says. Its `model`, `version` and `artefact` are those of the version that is to serve. */
export interface SwapFacts extends ModelRef {
  readonly trigger: SwapTrigger;
  /** What was asked for, e.g. `v2`. */
  readonly requested: string;
  readonly policy: SwapPolicy;
  /** What serves until then; `undefined` where nothing does. */
  readonly from: ModelRef | undefined;
}

/** Every event, its name `noun:action`, and its payload. Times are milliseconds, sizes bytes. */
export interface ServiceEventMap {
  'load:start': ModelRef & { readonly requested: string };
  'load:progress': ModelRef & { readonly bytesRead: number; readonly bytesTotal: number };
  /** Something is odd but not wrong: while loading, or about the rows of a call. */
  'model:warning': ModelRef & { readonly code: string; readonly message: string };
  'load:end': ModelRef & {
    readonly format: string;
    readonly engine: string;
    readonly place: Place;
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
    /** What lock file and signature proved; absent where neither is configured. */
    readonly authenticity?: AuthenticityFact;
    readonly durationMs: number;
  };
  /** A call found its model loaded. */
  'cache:hit': ModelRef;
  'cache:evict': ModelRef & { readonly reason: EvictReason; readonly bytes: number; readonly idleMs: number };
  'unload:start': ModelRef & { readonly leases: number };
  'unload:end': ModelRef & { readonly bytes: number; readonly durationMs: number };
  /** A version is about to take over; `version` and `artefact` are not known yet. */
  'swap:start': SwapFacts;
  'swap:end': SwapFacts & SwapResult;
  /** The version before goes on serving. */
  'swap:error': SwapFacts & {
    readonly step: SwapStep;
    readonly error: unknown;
    readonly steps: SwapTimes;
    readonly durationMs: number;
  };
  /** Sent after each load and unload. */
  'memory:sample': MemoryUse & { readonly rssBytes: number };
  /**
   * A load needs more than is free: models will be evicted, or it waits. With `usedBytes` and `limitBytes`: the
   * container (or machine) itself is nearly full, and models that nobody uses are evicted.
   */
  'memory:pressure': MemoryUse & {
    readonly neededBytes: number;
    readonly usedBytes?: number;
    readonly limitBytes?: number;
  };
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
    /** Present where a route chose the version. */
    readonly route?: RouteTag;
  };
  /** Calls were computed as one run, alone or joined. Only of models whose calls are queued. */
  'batch:end': ModelRef & {
    readonly method: ModelMethod;
    readonly calls: number;
    readonly rows: number;
    /** Most rows of the next run, by what this one cost. */
    readonly rowLimit: number;
    readonly durationMs: number;
    /** How long the first of the calls had waited. */
    readonly waitedMs: number;
    readonly error: unknown;
  };
  /** A model that held the event loop runs in a thread from now on. */
  'execution:moved': ModelRef & {
    readonly from: Place;
    readonly to: Place;
    /** Why, e.g. how long it held the loop. */
    readonly reason: string;
    readonly durationMs: number;
  };
  /** The worker of a model ended: it crashed, or was killed by a deadline or because it hung. */
  'execution:crash': ModelRef & {
    readonly place: Place;
    readonly reason: 'crash' | 'deadline' | 'hang';
    readonly message: string;
    /** The last lines of its standard error. */
    readonly stderr: string;
    /** Such ends in a row. */
    readonly inARow: number;
    /** Milliseconds until it is started again; `undefined` where it is given up. */
    readonly restartInMs: number | undefined;
  };
  /** The worker of a model was started again, and the model is loaded in it. */
  'execution:restart': ModelRef & { readonly place: Place; readonly durationMs: number };
  /** A model was freed, but the memory of the process did not shrink accordingly. */
  'memory:retained': ModelRef & {
    readonly bytes: number;
    readonly returnedBytes: number;
    readonly rssBytes: number;
  };
  /** A route was set or changed: who gets how much from now on. No arms: it was taken away. */
  'route:change': {
    readonly model: string;
    readonly arms: readonly { readonly arm: string; readonly version: string | undefined; readonly share: number }[];
    readonly shadow: string | undefined;
  };
  /** An arm is beyond a bound: its share goes to the control arm, `to`. */
  'route:fallback': ModelRef & Breach & { readonly arm: string; readonly to: string };
  /** An arm that was taken out has its share again. */
  'route:restore': ModelRef & { readonly arm: string };
  /** A shadow answered a copy of a call, or failed. */
  'shadow:end': ModelRef & {
    readonly method: ModelMethod;
    readonly durationMs: number;
    readonly error: unknown;
    /** Whether the answers differ; `undefined` where one of the two failed. */
    readonly differs: boolean | undefined;
    readonly maxAbsDiff: number | undefined;
  };
  /** A shadow that holds the event loop gets nothing any more. */
  'shadow:stop': ModelRef & { readonly reason: string };
  /** A policy decided. */
  'access:decision': AccessDecision;
  /** The other one of two models answered a call, because the first one did not (option `fallback`). */
  'remote:fallback': ModelRef & {
    readonly method: ModelMethod;
    /** Where the answer comes from. */
    readonly to: 'local' | 'remote';
    /** Why not from the first. */
    readonly error: unknown;
  };
  /** The first one of two models answers again. */
  'remote:recovered': ModelRef & { readonly from: 'local' | 'remote' };
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
