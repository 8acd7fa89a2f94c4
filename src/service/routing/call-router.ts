import type { CallOptions, ModelMethod } from '../../spec/model.ts';
import type { RouteTag } from '../../spec/routing.ts';
import type { ModelSource } from '../live-model.ts';

/** What is asked of a model, as a route sees it. */
export interface AskedCall {
  /** Names from the file's root object to the one that is asked. */
  readonly path: readonly string[];
  readonly method: ModelMethod | 'tensor';
  readonly input: unknown;
}

/** A call that was given to an arm. */
export interface RoutedCall {
  /** Where the arm's model comes from. */
  readonly source: ModelSource;
  /** For events; `undefined` where no `predict:end` is to tell of the call. */
  readonly tag: RouteTag | undefined;
  /** No work of the call is under way any more; called at most once by the model. */
  end(error: unknown): void;
  /** Sees what the caller gets; gives the same promise. */
  follow<T>(outcome: Promise<T>, call: AskedCall): Promise<T>;
}

/** Chooses who answers a call. */
export interface CallRouter {
  /** @throws `ML_INPUT_INVALID` for a key that is no string */
  begin(options: CallOptions): RoutedCall;
}
