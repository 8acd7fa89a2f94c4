import { InputError } from '../../errors/input-error.ts';
import { RouteError } from '../../errors/route-error.ts';
import type { EventBus } from '../../events/event-bus.ts';
import type { Clock } from '../../internal/clock.ts';
import type { ArmMetrics } from '../../routing/arm-metrics.ts';
import { armOfChance, armOfKey } from '../../routing/choose-arm.ts';
import { OutcomeStore } from '../../routing/outcome-store.ts';
import type { MeasuredArm } from '../../routing/summarise-arms.ts';
import type { CallOptions } from '../../spec/model.ts';
import type { ArmStatus, Assignment, Breach, ModelRoute, OutcomeResult, ShadowStatus } from '../../spec/routing.ts';
import type { ModelRequest } from '../model-resolver.ts';
import type { ModelSlot } from '../model-slot.ts';
import { ArmCall } from './arm-call.ts';
import type { CallRouter, RoutedCall } from './call-router.ts';
import type { RouteArm } from './route-arm.ts';
import type { RoutePlan } from './route-plan.ts';
import { checkWeights } from './route-plan.ts';
import type { ShadowRunner } from './shadow-runner.ts';

/** What of a route changes all at once. */
export interface RouteState {
  readonly plan: RoutePlan;
  readonly arms: readonly RouteArm[];
  readonly control: RouteArm;
  readonly shadow: ShadowRunner | undefined;
}

/** The route of one model, from its first `route` to `unroute`, whatever is changed between. */
export class NamedRoute implements ModelRoute, CallRouter {
  readonly model: string;
  readonly #events: EventBus;
  readonly #outcomes: OutcomeStore<ArmMetrics>;
  #state: RouteState;
  #ended = false;

  constructor(model: string, state: RouteState, around: { readonly events: EventBus; readonly clock: Clock }) {
    this.model = model;
    this.#state = state;
    this.#events = around.events;
    this.#outcomes = new OutcomeStore(state.plan.outcomes, around.clock);
  }

  get for(): string | undefined {
    return this.#state.plan.for;
  }

  get state(): RouteState {
    return this.#state;
  }

  /** The arm that stands for the model where one must: in `info`, `health` and the like. */
  get control(): ModelSlot {
    return this.#state.control.slot;
  }

  get slots(): readonly ModelSlot[] {
    return [...new Set(this.#state.arms.map(({ slot }) => slot))];
  }

  get arms(): readonly ArmStatus[] {
    return this.measured().map(({ status }) => status);
  }

  get shadow(): ShadowStatus | undefined {
    return this.#state.shadow?.status();
  }

  covers({ area, version, exact }: ModelRequest): boolean {
    if (area !== 'trained' || exact === true) return false;
    const only = this.#state.plan.for;
    return only === undefined || only === version;
  }

  begin(options: CallOptions): RoutedCall {
    const { routingKey, onRouted } = options;
    const { shadow } = this.#state;
    const arm = this.#inForce(this.#choose(routingKey));
    if (onRouted === undefined) return new ArmCall(arm, arm.tag, options, shadow);
    const id = this.#outcomes.add(arm.metrics);
    tell(onRouted, { id, model: this.model, arm: arm.name, version: arm.ref.version });
    return new ArmCall(arm, { arm: arm.name, id }, options, shadow);
  }

  assign(key: string): Assignment {
    this.#assertInForce();
    const { name, ref } = this.#inForce(this.#choose(key));
    return { arm: name, version: ref.version };
  }

  setWeights(weights: Readonly<Record<string, number>>): void {
    this.#assertInForce();
    for (const name of Object.keys(weights)) this.#arm(name);
    const { arms } = this.#state;
    const changed = arms.map(({ name, weight }) => ({
      name,
      weight: Object.hasOwn(weights, name) ? weights[name] : weight,
    }));
    checkWeights(changed);
    for (const [i, arm] of arms.entries()) arm.weight = changed[i]?.weight as number;
    this.tellChange();
  }

  restore(name: string): void {
    this.#assertInForce();
    const arm = this.#arm(name);
    if (arm.out === undefined) return;
    arm.restore();
    this.#events.emit('route:restore', { ...arm.ref, arm: name });
  }

  /** Puts other arms in the place of the present ones. */
  replace(state: RouteState): void {
    this.#state.shadow?.stop();
    this.#state = state;
    this.#outcomes.limit(state.plan.outcomes);
  }

  /** It is in force no more; calls under way go on. */
  end(): void {
    this.#ended = true;
    this.#state.shadow?.stop();
  }

  /** @param value a number; 0 and 1 for no and yes */
  reportOutcome(id: string, value: number): OutcomeResult {
    return this.#outcomes.report(id, (metrics) => {
      if (!this.#state.arms.some((arm) => arm.metrics === metrics)) return false;
      metrics.outcome(value);
      return true;
    });
  }

  measured(): MeasuredArm[] {
    const { arms, control } = this.#state;
    const sum = arms.reduce((all, { weight }) => all + weight, 0);
    const fellBack = arms.reduce((all, { weight, out }) => (out === undefined ? all : all + weight), 0);
    return arms.map((arm) => {
      const { name, weight, out, metrics, ref } = arm;
      const given = out === undefined ? weight + (arm === control ? fellBack : 0) : 0;
      const { version, artefact } = ref;
      const status = { arm: name, version, artefact, control: arm === control, weight, share: given / sum, out };
      return { status, metrics };
    });
  }

  /** The latest calls of an arm are beyond a bound. */
  fallBack(arm: RouteArm, breach: Breach): void {
    const { arms, control } = this.#state;
    // An arm that was replaced meanwhile is nobody's any more.
    if (!arms.includes(arm)) return;
    arm.out = { ...breach, since: new Date(arm.clock.date()).toISOString() };
    this.#events.emit('route:fallback', { ...arm.ref, ...breach, arm: arm.name, to: control.name });
  }

  tellChange(): void {
    if (!this.#events.wants('route:change')) return;
    const arms = this.#ended ? [] : this.arms.map(({ arm, version, share }) => ({ arm, version, share }));
    this.#events.emit('route:change', {
      model: this.model,
      arms,
      shadow: this.#ended ? undefined : this.#state.shadow?.ref.version,
    });
  }

  #choose(key: unknown): RouteArm {
    const { arms, plan } = this.#state;
    if (key !== undefined && typeof key !== 'string')
      throw new InputError('ML_INPUT_INVALID', `routingKey must be a string, got ${typeof key}`);
    if (arms.length === 1) return arms[0] as RouteArm;
    const i = key === undefined || key === '' ? armOfChance(arms, plan.random()) : armOfKey(arms, key);
    return arms[i] as RouteArm;
  }

  /** The arm itself, or the control arm while it is out. */
  #inForce(arm: RouteArm): RouteArm {
    arm.noticeOverdue();
    return arm.out === undefined ? arm : this.#state.control;
  }

  #arm(name: string): RouteArm {
    const { arms } = this.#state;
    const arm = arms.find((one) => one.name === name);
    if (arm !== undefined) return arm;
    const names = arms.map((one) => one.name);
    throw new RouteError(
      'ML_ROUTE_UNKNOWN',
      `the route of ${this.model} has no arm ${JSON.stringify(name)}; it has ${names.join(', ')}`,
      { details: { model: this.model, arm: name, arms: names } },
    );
  }

  #assertInForce(): void {
    if (this.#ended)
      throw new RouteError('ML_ROUTE_UNKNOWN', `the route of ${this.model} was taken away`, {
        details: { model: this.model },
      });
  }
}

/** A callback that fails must not fail the call. */
function tell<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value);
  } catch (error) {
    process.emitWarning(`onRouted failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
      type: 'BaseMLServiceWarning',
      code: 'ML_LISTENER',
    });
  }
}
