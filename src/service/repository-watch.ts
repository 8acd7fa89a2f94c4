import type { EventBus } from '../events/event-bus.ts';
import type { ModelRepository } from '../spec/model-repository.ts';
import type { AutoSwap } from './swap/auto-swap.ts';

/** Watches a repository from the first look at it on. */
export class RepositoryWatch {
  readonly #repository: ModelRepository;
  readonly #events: EventBus;
  readonly #autoSwap: AutoSwap | undefined;
  #watching: Promise<() => Promise<void>> | undefined;

  constructor(repository: ModelRepository, events: EventBus, autoSwap: AutoSwap | undefined) {
    this.#repository = repository;
    this.#events = events;
    this.#autoSwap = autoSwap;
  }

  async begin(): Promise<void> {
    const repository = this.#repository;
    if (repository.watch !== undefined) await (this.#watching ??= this.#start(repository.watch.bind(repository)));
  }

  async end(): Promise<void> {
    const stop = await this.#watching?.catch(() => undefined);
    await stop?.();
  }

  async #start(watch: NonNullable<ModelRepository['watch']>): Promise<() => Promise<void>> {
    const stop = await watch(() => {
      this.#events.emit('repository:change', { location: this.#repository.location });
      this.#autoSwap?.changed();
    });
    this.#autoSwap?.begin(await this.#repository.index());
    return stop;
  }
}
