import type { ModelRef } from './events.ts';
import type { ModelMethod } from './model.ts';

/**
 * Where a model computes: on the event loop, in a worker thread that belongs to it, or in a child process that
 * belongs to it.
 */
export type Place = 'inline' | 'thread' | 'process';

/** A place, or the library's own choice by size, by what the loader says and by measured times. */
export type PlaceChoice = 'auto' | Place;

/** Calls of higher priority start before those of lower priority that wait for the same model. */
export type Priority = 'high' | 'normal' | 'low';

/** Where a loader is exported, so that a worker can import it: functions cannot be sent. */
export interface LoaderModule {
  /** What `import()` takes in any folder: a URL (`import.meta.url`) or the name of a package. */
  readonly url: string;
  /** Name of the export. Default `loader`. */
  readonly export?: string;
}

/** How calls of one method come through, as measured. */
export interface LaneStatus {
  readonly method: ModelMethod;
  /** Calls that wait. */
  readonly queued: number;
  /** Runs under way. */
  readonly running: number;
  /** Runs that ended. */
  readonly runs: number;
  /** Calls and rows that those runs answered. */
  readonly calls: number;
  readonly rows: number;
  /** Most rows that are joined into one run at present. */
  readonly rowLimit: number;
  /** Measured milliseconds per row of a run, recent ones weighing more; `undefined` before the first. */
  readonly msPerRow: number | undefined;
}

/** One loaded model: where it runs, and how its calls fare. */
export interface ExecutionStatus extends ModelRef {
  readonly place: Place;
  /** Whether callers get their answers in the same turn of the event loop; such calls are never queued. */
  readonly synchronous: boolean;
  /** Threads that a computation may use. */
  readonly threads: number;
  /** How often its worker was started again. */
  readonly restarts: number;
  /** Bytes that the load was measured to take; `undefined` where it could not be told apart from other work. */
  readonly measuredBytes: number | undefined;
  readonly lanes: readonly LaneStatus[];
}
