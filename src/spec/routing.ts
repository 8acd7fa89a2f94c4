import type { ModelState } from './health.ts';

/** Bounds of an arm: beyond one of them it is taken out, and the control arm gets its calls. */
export interface ArmBounds {
  /** Largest share of calls that may fail, 0 to 1. Default: any. What the caller did wrong does not count. */
  readonly maxErrorRate?: number;
  /** Milliseconds within which the share `latencyQuantile` of the calls must be done. Default: any. */
  readonly maxLatencyMs?: number;
  /** 0 to 1. Default 0.95. */
  readonly latencyQuantile?: number;
  /** Calls before which nothing is judged. Default 100. */
  readonly minCalls?: number;
  /** How many of the latest calls are judged. Default 1,000, or `minCalls` if that is more. */
  readonly window?: number;
}

/** One arm of a route: a version and its share of the calls. */
export interface ArmOptions {
  /** Default: the version as written. */
  readonly name?: string;
  /** What `registry.load` takes, against settings that say another version for the model. */
  readonly version: string;
  /** Its share is its weight divided by the sum of all. 0 gets nothing. */
  readonly weight: number;
  /** Not for the control arm, which has nothing to fall back to. */
  readonly bounds?: ArmBounds;
}

/** A version that gets copies of calls, and whose answers nobody gets. */
export interface ShadowOptions {
  readonly version: string;
  /** Share of the calls that are copied, 0 to 1. Default 1. */
  readonly share?: number;
  /** Copies that are computed at the same time. Default 4. */
  readonly maxConcurrency?: number;
  /** Copies that wait. Default 100. Beyond that they are dropped, and counted. */
  readonly maxQueue?: number;
  /** Bytes of the rows of these, as estimated. Default 16 MiB. */
  readonly maxQueuedBytes?: number;
  /** Milliseconds that one may be computed. Default 10,000. */
  readonly timeoutMs?: number;
  /** Share of the event loop that it may take where it cannot run in a thread, 0 to 1. Default 0.05. */
  readonly maxLoopShare?: number;
  /** Numbers that differ by at most this much agree. Default 0. */
  readonly tolerance?: number;
}

/** Who answers the calls of a model. */
export interface RouteOptions {
  readonly arms: readonly ArmOptions[];
  /** The arm that others are compared with and fall back to. Default: the first. */
  readonly control?: string;
  readonly shadow?: ShadowOptions;
  /** Only requests for this version, as they write it (`latest`, `v1`). Default: every request for the model. */
  readonly for?: string;
  /** Another salt deals the keys anew. Default: the model's name. */
  readonly salt?: string;
  /** Whether arms may differ from the control arm in task, inputs, classes, outputs or methods. Default `false`. */
  readonly allowDifferences?: boolean;
  /** Predictions that wait for their outcome: at most `maxOpen` (default 100,000), `ttlMs` long (default one day). */
  readonly outcomes?: { readonly maxOpen?: number; readonly ttlMs?: number };
  /** Chance from 0 up to, but not, 1, for calls without a key. Default `Math.random`. */
  readonly random?: () => number;
}

/** The arm that a key gets. */
export interface Assignment {
  readonly arm: string;
  /** Version label of its artefact. */
  readonly version: string | undefined;
}

/** What a caller is told of its call before the model is asked. */
export interface RoutedPrediction extends Assignment {
  /** For `reportOutcome`. */
  readonly id: string;
  readonly model: string;
}

/** Which arm answered, in events. */
export interface RouteTag {
  readonly arm: string;
  /** Present where the caller asked for it by `onRouted`. */
  readonly id: string | undefined;
}

/** `counted`; `repeated`: reported before; `unknown`: never given, too old, or of an arm that is gone. */
export type OutcomeResult = 'counted' | 'repeated' | 'unknown';

/** Which bound an arm is beyond. */
export interface Breach {
  /** `errors`: too many calls failed. `latency`: too many took longer than `maxLatencyMs`. */
  readonly reason: 'errors' | 'latency';
  /** Share of the calls that did. */
  readonly share: number;
  /** The share that may. */
  readonly allowed: number;
  /** How many calls were judged. */
  readonly calls: number;
  readonly maxLatencyMs?: number;
}

/** Why an arm is out, and since when (ISO 8601). */
export interface ArmOut extends Breach {
  readonly since: string;
}

/** An arm as it stands. */
export interface ArmStatus extends Assignment {
  /** Path relative to the models directory. */
  readonly artefact: string | undefined;
  readonly control: boolean;
  readonly weight: number;
  /** The share of the calls that it gets now: that of arms which are out is the control arm's. */
  readonly share: number;
  readonly out: ArmOut | undefined;
}

/** What a shadow did so far. */
export interface ShadowStatus {
  readonly version: string | undefined;
  readonly artefact: string | undefined;
  readonly state: ModelState;
  /** Why it gets nothing any more, if that is so. */
  readonly stopped: string | undefined;
  /** Copies that were taken. */
  readonly copied: number;
  /** Copies that were not taken: too many waited, their rows were too large, or the model was not in memory. */
  readonly dropped: { readonly queue: number; readonly bytes: number; readonly unloaded: number };
  readonly waiting: number;
  readonly running: number;
  readonly ended: number;
  readonly errors: number;
  readonly latencyMs: LatencySummary;
  /** Calls that both answered. */
  readonly compared: number;
  /** Calls with a difference. */
  readonly differing: number;
  /** The largest difference of two finite numbers, of all calls. */
  readonly maxAbsDiff: number;
}

/** A route that is in force. */
export interface ModelRoute {
  readonly model: string;
  /** `undefined`: every version. */
  readonly for: string | undefined;
  readonly arms: readonly ArmStatus[];
  readonly shadow: ShadowStatus | undefined;
  /** The arm that a key gets now. */
  assign(key: string): Assignment;
  /** Weights by arm; those that are not named stay. In force for calls that start from now on. */
  setWeights(weights: Readonly<Record<string, number>>): void;
  /** Lets an arm that was taken out have its share again. Its bounds are judged by calls from now on. */
  restore(arm: string): void;
}

/** A measured value, and the interval that holds the true one with the confidence asked for. */
export interface Estimate {
  readonly value: number;
  /** `undefined` where there are too few numbers to say. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Milliseconds. Quantiles are off by at most 2.2 %. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number | undefined;
  readonly p90: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly max: number | undefined;
}

/** The differences of an arm and the control arm: arm less control. */
export interface ArmComparison {
  /** Newcombe's interval. */
  readonly errorRate: Estimate | undefined;
  /** Welch's interval. */
  readonly meanLatencyMs: Estimate | undefined;
  /** Newcombe's interval; where all outcomes of both were 0 or 1 (or booleans). */
  readonly outcomeRate: Estimate | undefined;
  /** Welch's interval. */
  readonly outcomeMean: Estimate | undefined;
}

/** What an arm did so far. */
export interface ArmSummary extends ArmStatus {
  /** Calls that ended, without those that `rejected` counts. */
  readonly calls: number;
  readonly errors: number;
  /** Calls that failed for what their caller did: rows that do not fit, an abort, a method that does not exist. */
  readonly rejected: number;
  /** Wilson's interval. */
  readonly errorRate: Estimate | undefined;
  /** Of calls that succeeded and found the model loaded. */
  readonly latencyMs: LatencySummary;
  /** Student's interval. */
  readonly meanLatencyMs: Estimate | undefined;
  readonly outcomes: {
    readonly count: number;
    /** Student's interval. */
    readonly mean: Estimate | undefined;
    /** Wilson's interval; where all were 0 or 1 (or booleans). */
    readonly rate: Estimate | undefined;
  };
  /** `undefined` for the control arm. */
  readonly comparison: ArmComparison | undefined;
}

/** What the arms of a route did so far. */
export interface RouteSummary {
  readonly model: string;
  readonly control: string;
  /** Of the intervals, e.g. 0.95. */
  readonly confidence: number;
  readonly arms: readonly ArmSummary[];
  readonly shadow: ShadowStatus | undefined;
}
