import type { Place } from '../spec/execution.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { CallOptions, ModelMethod } from '../spec/model.ts';

/** What one call of a run gave. */
export type RunOutcome = { readonly value: unknown } | { readonly error: unknown };

/** One run: calls of the same method of the same object, each answered on its own. */
export interface Run {
  readonly loaded: LoadedModel;
  readonly method: ModelMethod;
  readonly inputs: readonly unknown[];
  /** Of the one call, where there is one. */
  readonly options: CallOptions;
}

/** Computes runs, wherever. */
export interface Runner {
  readonly place: Place;
  /** Whether a run holds the event loop, so that joined ones must be short. */
  readonly holdsLoop: boolean;
  /** Runs that are worth having under way at once. */
  readonly parallel: number;
  /** Most calls that are sent together where their rows may not be joined. */
  readonly maxCalls: number;
  /**
   * One outcome per input, in order.
   *
   * @throws what concerns all of them, e.g. `ML_WORKER_CRASHED`
   */
  run(run: Run): Promise<readonly RunOutcome[]>;
  /** Told when nobody waits for the run under way any more, because its time is over. */
  abandon(): void;
}
