import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'eventemitter3';
import type { EventSource, ServiceEventMap, ServiceEventName, ServiceListener } from '../spec/events.ts';

type AnyListener = (payload: unknown) => unknown;

/** Prefix of the `node:diagnostics_channel` names: `base-ml-service:load:end`. */
export const CHANNEL_PREFIX = 'base-ml-service:';

const channels = new Map<ServiceEventName, ReturnType<typeof channel>>();

function channelOf(event: ServiceEventName): ReturnType<typeof channel> {
  let found = channels.get(event);
  if (found === undefined) {
    found = channel(CHANNEL_PREFIX + event);
    channels.set(event, found);
  }
  return found;
}

/**
 * The library's events, to listeners and to `node:diagnostics_channel`. A listener that throws
 * (or rejects) is reported as a process warning and harms nothing else.
 */
export class EventBus implements EventSource {
  readonly #emitter = new EventEmitter();
  /** Guarded functions by the listener that the user knows, so that `off` finds them. */
  readonly #guards = new WeakMap<AnyListener, AnyListener>();

  on<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#emitter.on(event, this.#guard(listener as AnyListener));
    return this;
  }

  once<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#emitter.once(event, this.#guard(listener as AnyListener));
    return this;
  }

  off<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    const guard = this.#guards.get(listener as AnyListener);
    if (guard !== undefined) this.#emitter.off(event, guard);
    return this;
  }

  /** Whether anybody would receive the event: payloads are not built for nobody. */
  wants(event: ServiceEventName): boolean {
    return this.#emitter.listenerCount(event) > 0 || channelOf(event).hasSubscribers;
  }

  emit<E extends ServiceEventName>(event: E, payload: ServiceEventMap[E]): void {
    this.#emitter.emit(event, payload);
    const diagnostics = channelOf(event);
    if (diagnostics.hasSubscribers) diagnostics.publish(payload);
  }

  #guard(listener: AnyListener): AnyListener {
    let guard = this.#guards.get(listener);
    if (guard === undefined) {
      guard = (payload) => {
        try {
          const result: unknown = listener(payload);
          if (result instanceof Promise) result.catch(report);
        } catch (error) {
          report(error);
        }
      };
      this.#guards.set(listener, guard);
    }
    return guard;
  }
}

function report(error: unknown): void {
  process.emitWarning(
    `an event listener failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    {
      type: 'BaseMLServiceWarning',
      code: 'ML_LISTENER',
    },
  );
}
