import { CacheEntry } from '../cache/cache-entry.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import type { EventBus } from '../events/event-bus.ts';
import { systemClock } from '../internal/clock.ts';
import type { BuiltModel, ModelEntry } from './build-model.ts';
import type { ModelSource } from './live-model.ts';

/** The life of one model that no cache holds. */
export class SingleModel implements ModelSource {
  readonly events: EventBus;
  readonly #entry: ModelEntry;
  #disposing: Promise<void> | undefined;

  constructor(built: BuiltModel, events: EventBus) {
    this.events = events;
    this.#entry = new CacheEntry({ key: built.info.name, value: built, pinned: true, clock: systemClock });
  }

  get label(): string {
    return this.#entry.key;
  }

  tryAcquire(): ModelEntry | undefined {
    if (!this.#entry.live) return undefined;
    this.#entry.lease();
    return this.#entry;
  }

  acquire(): Promise<ModelEntry> {
    return Promise.reject(this.#gone());
  }

  loaded(): boolean {
    return this.#entry.live;
  }

  peek(): BuiltModel {
    if (!this.#entry.live) throw this.#gone();
    return this.#entry.value;
  }

  dispose(): Promise<void> {
    return (this.#disposing ??= this.#entry.retire());
  }

  #gone(): LifecycleError {
    return new LifecycleError('ML_MODEL_DISPOSED', `${this.label} was disposed; load it again`);
  }
}
