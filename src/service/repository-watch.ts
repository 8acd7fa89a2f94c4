import type { EventBus } from '../events/event-bus.ts';
import type { ModelRepository } from '../spec/model-repository.ts';
import type { AutoSwap } from './swap/auto-swap.ts';

/** Watches a repository from the first look at it on. */
export class RepositoryWatch {
  readonly #repository: ModelRepository | undefined;
  readonly #events: EventBus;
  readonly #autoSwap: AutoSwap | undefined;
  #watching: Promise<() => Promise<void>> | undefined;

  /** @param repository `undefined`: nobody wants it watched */
  constructor(repository: ModelRepository | undefined, events: EventBus, autoSwap: AutoSwap | undefined) {
    this.#repository = repository;
    this.#events = events;
    this.#autoSwap = autoSwap;
  }

  async begin(): Promise<void> {
    const repository = this.#repository;
    if (repository?.watch === undefined) return;
    await (this.#watching ??= this.#start(repository, repository.watch.bind(repository)));
  }

  async end(): Promise<void> {
    const stop = await this.#watching?.catch(() => undefined);
    await stop?.();
  }

  async #start(
    repository: ModelRepository,
    watch: NonNullable<ModelRepository['watch']>,
  ): Promise<() => Promise<void>> {
    const stop = await watch(() => {
      this.#events.emit('repository:change', { location: repository.location });
      this.#autoSwap?.changed();
    });
    this.#autoSwap?.begin(await repository.index());
    return stop;
  }
}
