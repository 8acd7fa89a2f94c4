import type { ModelState } from '../../spec/health.ts';

/** What can happen to a model. */
export type Occurrence =
  | 'load-started'
  | 'load-ended'
  | 'load-failed'
  /** Everybody who waited for the load left. */
  | 'load-abandoned'
  | 'evicted'
  /** Its worker ended too often. */
  | 'given-up'
  | 'unload-started'
  | 'unload-ended'
  /** Another version takes its place; the next call loads what it stands for then. */
  | 'reset';

/**
 * Which state follows, by state and occurrence; where nothing is said, the state stays. A model that is `ready` goes on
 * serving while it is loaded afresh, whatever becomes of that.
 */
export const NEXT_STATE: Readonly<Record<ModelState, Readonly<Partial<Record<Occurrence, ModelState>>>>> = {
  unloaded: { 'load-started': 'loading' },
  loading: { 'load-ended': 'ready', 'load-failed': 'failed', 'load-abandoned': 'unloaded', reset: 'unloaded' },
  ready: { evicted: 'unloaded', 'given-up': 'failed', 'unload-started': 'unloading', reset: 'unloaded' },
  // Failing again may have another reason.
  failed: { 'load-started': 'loading', 'load-failed': 'failed', reset: 'unloaded' },
  // A swap that is given up before it freed anything: it serves on.
  unloading: { 'load-started': 'loading', 'load-ended': 'ready', 'unload-ended': 'unloaded', reset: 'unloaded' },
};

/** Why a model is in a state. */
export interface StateReason {
  readonly reason?: string | undefined;
  /** Code of the error, where there was one. */
  readonly code?: string | undefined;
}

/** A change of state. */
export interface StateChange {
  readonly from: ModelState;
  readonly to: ModelState;
  readonly reason: string | undefined;
}

/** Where one model is in its life, since when, and why. */
export class ModelStateMachine {
  #state: ModelState = 'unloaded';
  #since = Date.now();
  #why: StateReason = {};
  #served = false;

  get state(): ModelState {
    return this.#state;
  }

  /** Milliseconds since 1970. */
  get since(): number {
    return this.#since;
  }

  get reason(): string | undefined {
    return this.#why.reason;
  }

  get code(): string | undefined {
    return this.#why.code;
  }

  /** Whether it was loaded once and no load failed since: it is in memory, or its next call brings it back. */
  get available(): boolean {
    return this.#served;
  }

  /** Gives the change, if there is one. */
  happened(what: Occurrence, why: StateReason = {}): StateChange | undefined {
    const from = this.#state;
    const to = NEXT_STATE[from][what];
    if (to === undefined || (to === from && why.reason === this.#why.reason)) return undefined;
    this.#state = to;
    this.#since = Date.now();
    this.#why = why;
    if (to === 'ready') this.#served = true;
    if (to === 'failed') this.#served = false;
    return { from, to, reason: why.reason };
  }
}
