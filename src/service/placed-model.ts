import type { CallGate } from '../execution/call-gate.ts';
import type { HoldWatch } from '../execution/hold-watch.ts';
import type { ModelHost } from '../execution/model-host.ts';
import type { ModelRef } from '../spec/events.ts';
import type { ExecutionStatus, Place } from '../spec/execution.ts';
import type { LoadedModel } from '../spec/model-loader.ts';

/** A model in one place. */
export interface Placement {
  readonly loaded: LoadedModel;
  readonly place: Place;
  readonly gate: CallGate;
  /** In a thread or process. */
  readonly host: Pick<ModelHost, 'restarts'> | undefined;
  readonly threads: number;
  /** Resident bytes, as the budget counts them. */
  readonly bytes: number;
  readonly measuredBytes: number | undefined;
  /** Frees it; never rejects. */
  dispose(): Promise<void>;
}

/** A loaded model and where it runs, which may change while it is used. */
export class PlacedModel {
  /**
   * Whether calls go through the gate. A model that answers at once does not need one; which kind it is shows its
   * first call.
   */
  queues: boolean;
  /** Present while the model runs on the event loop and may be moved. */
  watch: HoldWatch | undefined;
  disposed = false;
  #placement: Placement;
  /** Frees what the model left behind when it was moved. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(placement: Placement) {
    this.#placement = placement;
    this.queues = placement.place !== 'inline';
  }

  get loaded(): LoadedModel {
    return this.#placement.loaded;
  }

  get place(): Place {
    return this.#placement.place;
  }

  get gate(): CallGate {
    return this.#placement.gate;
  }

  get bytes(): number {
    return this.#placement.bytes;
  }

  /** Lets calls go to another place from now on; those under way end where they are. */
  moveTo(placement: Placement): void {
    const left = this.#placement;
    this.#placement = placement;
    this.queues = placement.place !== 'inline';
    this.watch = undefined;
    const gone = this.#free(left);
    this.#leaving.add(gone);
    void gone.finally(() => this.#leaving.delete(gone));
  }

  status(ref: ModelRef): ExecutionStatus {
    const { place, gate, host, threads, measuredBytes } = this.#placement;
    const facts = { place, threads, measuredBytes, restarts: host?.restarts ?? 0 };
    return { ...ref, ...facts, synchronous: !this.queues, lanes: gate.status() };
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await Promise.all([this.#placement.dispose(), ...this.#leaving]);
  }

  async #free(left: Placement): Promise<void> {
    await left.gate.idle();
    await left.dispose();
  }
}
