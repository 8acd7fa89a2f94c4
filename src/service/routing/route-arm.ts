import type { Clock } from '../../internal/clock.ts';
import { type ArmMetrics, isArmsFault } from '../../routing/arm-metrics.ts';
import { armSeed, type WeightedArm } from '../../routing/choose-arm.ts';
import { RecentCalls } from '../../routing/recent-calls.ts';
import type { ModelRef } from '../../spec/events.ts';
import type { ArmOut, Breach, RouteTag } from '../../spec/routing.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { ArmCall } from './arm-call.ts';
import type { ArmPlan } from './route-plan.ts';

/** What an arm is made of. */
export interface ArmParts {
  readonly plan: ArmPlan;
  readonly salt: string;
  readonly slot: ModelSlot;
  /** What the slot stood for when the route was set. */
  readonly ref: ModelRef;
  /** Of the arm in whose place this one comes, where it is of the same name and artefact. */
  readonly metrics: ArmMetrics;
  readonly clock: Clock;
  /** Told when the latest calls are beyond a bound. */
  readonly beyond: (arm: RouteArm, breach: Breach) => void;
}

/** Ended calls at the head of the list that are not worth a copy. */
const SMALL = 256;

/** One arm of a route that is in force. */
export class RouteArm implements WeightedArm {
  readonly name: string;
  readonly slot: ModelSlot;
  readonly seed: number;
  readonly metrics: ArmMetrics;
  readonly clock: Clock;
  /** For calls without an id. */
  readonly tag: RouteTag;
  weight: number;
  /** Set while the control arm answers in its place. */
  out: ArmOut | undefined;
  readonly #parts: ArmParts;
  readonly #recent: RecentCalls | undefined;
  readonly #maxLatencyMs: number;
  /** Calls under way, oldest first, where a bound says how long they may take: one that hangs never ends. */
  readonly #underWay: ArmCall[] = [];
  #head = 0;

  constructor(parts: ArmParts) {
    const { plan, salt, slot, metrics, clock } = parts;
    this.#parts = parts;
    this.name = plan.name;
    this.weight = plan.weight;
    this.slot = slot;
    this.metrics = metrics;
    this.clock = clock;
    this.seed = armSeed(salt, plan.name);
    this.tag = Object.freeze({ arm: plan.name, id: undefined });
    this.#recent = plan.bounds && new RecentCalls(plan.bounds);
    this.#maxLatencyMs = plan.bounds?.maxLatencyMs ?? Number.POSITIVE_INFINITY;
  }

  get plan(): ArmPlan {
    return this.#parts.plan;
  }

  get ref(): ModelRef {
    return this.slot.loaded() ? this.slot.peek().ref : this.#parts.ref;
  }

  /** A call is given to this arm. */
  started(call: ArmCall): void {
    if (this.#maxLatencyMs === Number.POSITIVE_INFINITY || call.cold) return;
    this.#underWay.push(call);
  }

  /** Counts calls that have taken too long already. Looked at whenever a call would go to this arm. */
  noticeOverdue(): void {
    if (this.#underWay.length === 0) return;
    const now = this.clock.now();
    let found = false;
    for (;;) {
      const oldest = this.#underWay[this.#head];
      if (oldest === undefined || (!oldest.over && now - oldest.startedAt <= this.#maxLatencyMs)) break;
      this.#head += 1;
      if (oldest.over) continue;
      oldest.overdue = true;
      found = true;
      this.#recent?.record(false, true);
    }
    if (this.#head === this.#underWay.length || (this.#head > SMALL && this.#head * 2 > this.#underWay.length)) {
      this.#underWay.splice(0, this.#head);
      this.#head = 0;
    }
    if (found) this.#judge();
  }

  /** A call that was given to this arm is over. */
  ended(call: ArmCall, error: unknown): void {
    const latencyMs = this.clock.now() - call.startedAt;
    if (error === undefined) this.metrics.succeeded(call.cold ? undefined : latencyMs);
    else if (isArmsFault(error)) this.metrics.failed();
    else {
      this.metrics.rejected += 1;
      return;
    }
    if (this.#recent === undefined || call.overdue) return;
    this.#recent.record(error !== undefined, error === undefined && !call.cold && latencyMs > this.#maxLatencyMs);
    this.#judge();
  }

  /** Takes it in again. */
  restore(): void {
    this.out = undefined;
    this.#recent?.clear();
  }

  #judge(): void {
    if (this.out !== undefined) return;
    const breach = this.#recent?.breach();
    if (breach !== undefined) this.#parts.beyond(this, breach);
  }
}
