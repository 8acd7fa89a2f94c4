import type { ModelRecord, RepositoryIndex } from '../../spec/model-repository.ts';
import type { SwapPolicy } from '../../spec/swap.ts';
import type { ResolvedModel } from '../model-resolver.ts';
import { type ModelFamily, NO_PINS } from './pins.ts';
import type { SwapDesk } from './swap-desk.ts';
import type { SwapHost } from './swap-plan.ts';

/** Requests that a new file is for. */
interface Change {
  readonly family: ModelFamily;
  readonly main: ResolvedModel;
  readonly versions: Set<string>;
}

/**
 * Lets new files take over by themselves. A file counts once: when it, or its metadata, is new. So one that fails is
 * not tried again before it changes, one that was rolled back stays away, and a file that vanishes changes nothing.
 */
export class AutoSwap {
  readonly #host: SwapHost;
  readonly #desk: SwapDesk;
  readonly #policy: SwapPolicy;
  /** What was there at the last look: content by id, as far as it can be told without reading. */
  #known: ReadonlyMap<string, string> | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(host: SwapHost, desk: SwapDesk, policy: SwapPolicy) {
    this.#host = host;
    this.#desk = desk;
    this.#policy = policy;
  }

  /** Remembers what is there before anything changes. */
  begin(index: RepositoryIndex): void {
    this.#known ??= contentOf(index);
  }

  /** The repository changed. */
  changed(): void {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error: unknown) => {
        process.emitWarning(`looking for new models failed: ${String(error)}`, {
          type: 'BaseMLServiceWarning',
          code: 'ML_WATCH',
        });
      });
  }

  async #look(): Promise<void> {
    const index = await this.#host.resolver.index();
    const known = this.#known ?? new Map<string, string>();
    const now = contentOf(index);
    this.#known = now;
    const isNew = (id: string | undefined): boolean => id !== undefined && now.get(id) !== known.get(id);
    for (const { family, main, versions } of await this.#changes(isNew)) {
      // What fails is told by its event.
      void this.#desk.change(family, { main, versions }, this.#policy).catch(() => undefined);
    }
  }

  async #changes(isNew: (id: string | undefined) => boolean): Promise<Change[]> {
    const changes = new Map<string, Change>();
    for (const { request, served, resolved } of this.#host.slots()) {
      const { area, name, version, exact } = request;
      const current = resolved ?? served?.resolved;
      if (exact === true || current === undefined) continue;
      // By itself: what swaps put in its place plays no part.
      const main = await this.#host.resolver.resolve(request, NO_PINS).catch(() => undefined);
      if (main === undefined || !isNew(main.id) || main.key === current.key) continue;
      // Where versions come with checksums, one whose metadata is still to come is not complete.
      if (current.metadata?.checksum !== undefined && main.metadata?.checksum === undefined) continue;
      const key = `${area}/${name} ${main.key}`;
      const change = changes.get(key) ?? { family: { area, name }, main, versions: new Set() };
      change.versions.add(version);
      changes.set(key, change);
    }
    return [...changes.values()];
  }
}

function contentOf({ records }: RepositoryIndex): Map<string, string> {
  return new Map(records.map((record) => [record.id, fingerprint(record)]));
}

/** Another one after the file was replaced, or its metadata changed. */
function fingerprint({ size, modifiedMs, metadata, problem }: ModelRecord): string {
  return JSON.stringify([size, modifiedMs, metadata, problem?.message]);
}
