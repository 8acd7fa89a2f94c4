import type { ModelRef } from './events.ts';

/**
 * `availability-first`: both versions are in memory for a moment, and no call waits. `memory-first`: the old one is
 * freed first, calls wait for the new one, and the old one is loaded again if that fails.
 */
export type SwapPolicy = 'availability-first' | 'memory-first';

/** The steps of a swap. `load` reads, verifies, builds and warms up. */
export type SwapStep = 'resolve' | 'load' | 'compare' | 'samples' | 'switch' | 'drain';

/** Milliseconds that each step took; one that did not happen is absent. */
export type SwapTimes = Readonly<Partial<Record<SwapStep, number>>>;

/** What made a version take over: `swap()`, `rollback()`, `setAlias()`, or a new file. */
export type SwapTrigger = 'swap' | 'rollback' | 'alias' | 'change';

/** Something that callers of the version before relied on and the new one does not keep. */
export interface SwapDifference {
  readonly what: 'task' | 'methods' | 'inputs' | 'outputs' | 'classes' | 'featureNames' | 'parts';
  /** Names from the file's root object to the one that differs, joined by dots; empty for the root. */
  readonly part: string;
  readonly before: string;
  readonly after: string;
}

/** What became of a swap that did not fail. */
export interface SwapResult {
  /** What was served before, by the oldest of the requests that moved; `undefined` where nothing was. */
  readonly from: ModelRef | undefined;
  readonly to: ModelRef;
  /** `false` where the artefact was the one in use already: nothing was loaded or freed. */
  readonly changed: boolean;
  readonly steps: SwapTimes;
  readonly durationMs: number;
  /** `ok`: the model answers the samples of its metadata as stated there. `skipped`: there are none, or not asked. */
  readonly samples: 'ok' | 'skipped';
  /** What was let pass by `force`. */
  readonly differences: readonly SwapDifference[];
  /** `false`: calls on the version before were still in flight when `drainTimeoutMs` was over; it is freed after them. */
  readonly drained: boolean;
}
