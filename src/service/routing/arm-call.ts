import type { CallOptions } from '../../spec/model.ts';
import type { RouteTag } from '../../spec/routing.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { AskedCall, RoutedCall } from './call-router.ts';
import type { RouteArm } from './route-arm.ts';
import type { ShadowRunner } from './shadow-runner.ts';

/** A caller's call with an arm. */
export class ArmCall implements RoutedCall {
  readonly tag: RouteTag;
  readonly startedAt: number;
  /** Its model has to be loaded first: how long it takes says nothing about the model. */
  readonly cold: boolean;
  over = false;
  /** Counted as slow while it was under way. */
  overdue = false;
  readonly #arm: RouteArm;
  readonly #shadow: ShadowRunner | undefined;
  readonly #mayLeave: boolean;

  constructor(arm: RouteArm, tag: RouteTag, options: CallOptions, shadow: ShadowRunner | undefined) {
    this.#arm = arm;
    this.tag = tag;
    this.#shadow = shadow;
    this.#mayLeave = options.signal !== undefined || options.timeoutMs !== undefined;
    this.cold = !arm.slot.loaded();
    this.startedAt = arm.clock.now();
    arm.started(this);
  }

  get source(): ModelSlot {
    return this.#arm.slot;
  }

  end(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.#arm.ended(this, error);
  }

  follow<T>(outcome: Promise<T>, call: AskedCall): Promise<T> {
    // Otherwise the model itself says when the call ended; work that its caller left may never do so.
    if (this.cold || this.#mayLeave) outcome.then(undefined, (error: unknown) => this.end(error));
    this.#shadow?.offer(call, outcome);
    return outcome;
  }
}
