import type { PlaceChoice } from '../spec/execution.ts';

/** Where models run, and what happens to their workers. */
export interface ExecutionOptions {
  /** For every model that says nothing else. Default `ML_EXECUTION_PLACE`, else `auto`. */
  readonly place?: PlaceChoice;
  /** With `auto`, files larger than this many bytes are not laid out on the event loop. Default 2 MiB. */
  readonly inlineMaxBytes?: number;
  /** With `auto`, a model that holds the event loop this many milliseconds again and again is moved. Default 8. */
  readonly maxHoldMs?: number;
  /** A run in a child process that takes longer is hung, and the process is killed. Default 120,000 ms. */
  readonly killAfterMs?: number;
  /** Crashes in a row after which a worker is not started again. Default 5. */
  readonly maxRestarts?: number;
  /** Pause before the second restart in a row; doubles up to 10 s. Default 100 ms. */
  readonly restartMs?: number;
  /** Whether a model is asked once before it counts as ready. Default `true`. */
  readonly warmUp?: boolean;
}

/** Bounds of what waits and runs; a call beyond them is refused with `ML_OVERLOADED`. */
export interface AdmissionOptions {
  /** Calls of one model that wait. Default 16,384. */
  readonly maxQueue?: number;
  /** Bytes of the rows of these. Default 256 MiB. */
  readonly maxQueuedBytes?: number;
  /** Runs of one model at once, where it can compute several. Default 256. */
  readonly maxConcurrency?: number;
  /** Milliseconds that a call may wait for its turn. Default 30,000. */
  readonly maxWaitMs?: number;
  /** Calls of all models that wait. Default 65,536. */
  readonly maxTotalQueue?: number;
  /** Bytes of the rows of these. Default 1 GiB. */
  readonly maxTotalQueuedBytes?: number;
  /** Runs of all models at once. Default 1,024. */
  readonly maxTotalConcurrency?: number;
}

/** How calls that wait together are joined into one run. */
export interface BatchingOptions {
  /** Most rows of such a run; 1 joins nothing. Default 1,024. */
  readonly maxRows?: number;
  /** Milliseconds that such a run may take on the event loop, by measured cost per row. Default 4. */
  readonly inlineMs?: number;
  /** The same in a thread or process. Default 25. */
  readonly workerMs?: number;
}
