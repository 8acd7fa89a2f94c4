import type { EventBus } from '../../events/event-bus.ts';
import { inputBytes } from '../../execution/input-bytes.ts';
import type { Clock } from '../../internal/clock.ts';
import { compareAnswers } from '../../routing/compare-answers.ts';
import { copyValue } from '../../routing/copy-value.ts';
import type { ShadowCounts } from '../../routing/shadow-counts.ts';
import type { ModelRef } from '../../spec/events.ts';
import type { CallOptions, ModelMethod } from '../../spec/model.ts';
import type { ShadowOptions, ShadowStatus } from '../../spec/routing.ts';
import { LiveModel, type ModelSource } from '../live-model.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { AskedCall } from './call-router.ts';

/** What a shadow is made of. */
export interface ShadowParts {
  readonly slot: ModelSlot;
  /** What the slot stood for when the route was set. */
  readonly ref: ModelRef;
  readonly options: Required<ShadowOptions>;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly random: () => number;
  /** Milliseconds that one call may hold the event loop. */
  readonly maxHoldMs: number;
  /** Of the shadow in whose place this one comes, where it is of the same artefact. */
  readonly counts: ShadowCounts;
}

interface Copy {
  readonly path: readonly string[];
  readonly method: ModelMethod;
  readonly input: unknown;
  readonly bytes: number;
  /** What the caller got; `undefined` where its call failed. */
  readonly answer: Promise<{ readonly value: unknown } | undefined>;
}

/** Calls that hold the event loop before a shadow that cannot leave it is stopped. */
const MAX_HOLDS = 3;

/**
 * Asks a second model the same, and keeps out of the way: nothing happens in the turn of the caller but a copy of its
 * rows; what is too much is dropped; nothing that goes wrong here reaches anyone.
 */
export class ShadowRunner {
  readonly #parts: ShadowParts;
  readonly #waiting: Copy[] = [];
  #waitingBytes = 0;
  #running = 0;
  #holds = 0;
  /** Milliseconds to leave to others before the event loop may be held again. */
  #owedMs = 0;
  #stopped: string | undefined;
  /** A look at what waits is due. */
  #due = false;

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  get slot(): ModelSlot {
    return this.#parts.slot;
  }

  get counts(): ShadowCounts {
    return this.#parts.counts;
  }

  get ref(): ModelRef {
    return this.#parts.ref;
  }

  /** Takes a copy of a call, if it is this one's turn and there is room. Never throws. */
  offer({ path, method, input }: AskedCall, outcome: Promise<unknown>): void {
    const { slot, options, counts, random } = this.#parts;
    if (this.#stopped !== undefined || method === 'tensor') return;
    if (options.share < 1 && random() >= options.share) return;
    if (this.#waiting.length >= options.maxQueue) {
      counts.dropped.queue += 1;
      return;
    }
    // It is not loaded again for a copy: that could take the room of a model that callers wait for.
    if (!slot.loaded()) {
      counts.dropped.unloaded += 1;
      return;
    }
    try {
      const bytes = inputBytes(input);
      if (this.#waitingBytes + bytes > options.maxQueuedBytes) {
        counts.dropped.bytes += 1;
        return;
      }
      // Callers may change what they were given as soon as they have it.
      const answer = outcome.then(
        (value) => ({ value: copyValue(value) }),
        () => undefined,
      );
      this.#waiting.push({ path, method, input: copyValue(input), bytes, answer });
      this.#waitingBytes += bytes;
      counts.copied += 1;
    } catch {
      // Rows with accessors that throw: the arm's answer says what is wrong with them.
      counts.errors += 1;
    }
    this.#look();
  }

  status(): ShadowStatus {
    const { slot, ref, counts } = this.#parts;
    return {
      version: ref.version,
      artefact: ref.artefact,
      state: slot.health().state,
      stopped: this.#stopped,
      waiting: this.#waiting.length,
      running: this.#running,
      ...counts.summary(),
    };
  }

  /** Takes no more copies and drops those that wait. */
  stop(reason = 'the route was changed'): void {
    this.#stopped ??= reason;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }

  #look(): void {
    if (this.#due) return;
    this.#due = true;
    if (this.#owedMs < 1) {
      setImmediate(this.#turn);
      return;
    }
    this.#parts.clock.after(this.#owedMs, this.#turn);
    this.#owedMs = 0;
  }

  /** One copy per turn of the event loop. */
  readonly #turn = (): void => {
    const { slot, counts, maxHoldMs, options } = this.#parts;
    const copy = this.#running < options.maxConcurrency ? this.#waiting.shift() : undefined;
    if (copy !== undefined) {
      this.#waitingBytes -= copy.bytes;
      if (slot.loaded()) {
        const startedAt = performance.now();
        void this.#ask(copy);
        const heldMs = performance.now() - startedAt;
        this.#owedMs += heldMs / options.maxLoopShare - heldMs;
        if (heldMs > maxHoldMs) this.#held(heldMs);
      } else counts.dropped.unloaded += 1;
    }
    this.#due = false;
    if (this.#waiting.length > 0 && this.#running < options.maxConcurrency) this.#look();
  };

  async #ask({ path, method, input, answer }: Copy): Promise<void> {
    const { options, clock, counts } = this.#parts;
    const startedAt = clock.now();
    this.#running += 1;
    let failure: unknown;
    let given: { readonly value: unknown } | undefined;
    try {
      const model = new LiveModel(withoutEvents(this.#parts.slot, this.#ended), path);
      const ask = model[method].bind(model) as (input: unknown, options: CallOptions) => Promise<unknown>;
      given = { value: await ask(input, { timeoutMs: options.timeoutMs }) };
    } catch (error) {
      failure = error;
    }
    const durationMs = clock.now() - startedAt;
    counts.ended(durationMs, failure);
    const told = given === undefined ? undefined : await answer;
    let difference: ReturnType<typeof compareAnswers> | undefined;
    if (given !== undefined && told !== undefined) {
      difference = compareAnswers(told.value, given.value, options.tolerance);
      counts.compared(difference);
    }
    this.#tell({ method, durationMs, error: failure, ...difference });
  }

  /** Told when the work of a copy has ended: what was given up after `timeoutMs` may still run. */
  readonly #ended = (): void => {
    this.#running -= 1;
    if (this.#waiting.length > 0) this.#look();
  };

  #held(heldMs: number): void {
    this.#holds += 1;
    if (this.#holds < MAX_HOLDS) return;
    const reason = `its calls hold the event loop, the last one for ${heldMs.toFixed(1)} ms, and it cannot run in a thread`;
    this.stop(reason);
    const { ref, events } = this.#parts;
    events.emit('shadow:stop', { ...ref, reason });
  }

  #tell(facts: {
    readonly method: ModelMethod;
    readonly durationMs: number;
    readonly error: unknown;
    readonly differs?: boolean;
    readonly maxAbsDiff?: number;
  }): void {
    const { ref, events } = this.#parts;
    if (!events.wants('shadow:end')) return;
    const { differs, maxAbsDiff, ...rest } = facts;
    events.emit('shadow:end', { ...ref, ...rest, differs, maxAbsDiff });
  }
}

/** A source whose calls no `predict:end` tells of; `ended` is told when the work of one has ended. */
function withoutEvents(slot: ModelSlot, ended: () => void): ModelSource {
  return {
    events: slot.events,
    label: slot.label,
    router: { begin: () => ({ source: slot, tag: undefined, end: ended, follow: (outcome) => outcome }) },
    tryAcquire: () => slot.tryAcquire(),
    acquire: (options) => slot.acquire(options),
    loaded: () => slot.loaded(),
    peek: () => slot.peek(),
    dispose: () => slot.dispose(),
  };
}
