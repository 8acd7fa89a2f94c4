import type { ModelMetadata } from '../spec/metadata.ts';
import type { ReadDocument } from './metadata-table.ts';

interface Source {
  readonly id: string;
  readonly sha256: string;
}

/** Which documents the metadata of a model is from, with their digests as read. Keeps nothing where nobody asked. */
export class MetadataSources {
  readonly #models = new Map<ModelMetadata, Source>();
  readonly #features = new Map<string, Source>();
  readonly #metrics = new Map<string, Source>();
  readonly #aliases = new Map<string, Source[]>();
  /** Whether documents come with their digests: that there are none is an answer too. */
  readonly wanted: boolean;

  constructor(wanted: boolean) {
    this.wanted = wanted;
  }

  add({ id, content, sha256 }: ReadDocument): void {
    if (sha256 === undefined) return;
    const source = { id, sha256 };
    if (content.kind === 'models') for (const model of content.models) this.#models.set(model, source);
    else if (content.kind === 'features') for (const name of content.features.keys()) this.#features.set(name, source);
    else if (content.kind === 'metrics') for (const name of content.metrics.keys()) this.#metrics.set(name, source);
    else if (content.kind === 'aliases') {
      for (const name of Object.keys(content.aliases)) {
        this.#aliases.set(name, [...(this.#aliases.get(name) ?? []), source]);
      }
    }
  }

  /** Metadata made of another one is from the same document. */
  copied(from: ModelMetadata, to: ModelMetadata): void {
    const source = this.#models.get(from);
    if (source !== undefined) this.#models.set(to, source);
  }

  /** @param found what describes the file itself, and `metadata` the same with what is said elsewhere */
  of(
    name: string,
    { found, metadata }: { readonly found: ModelMetadata | undefined; readonly metadata: ModelMetadata | undefined },
  ): Record<string, string> {
    const sources = [
      found && this.#models.get(found),
      metadata?.features === found?.features ? undefined : this.#features.get(name),
      metadata?.metrics === found?.metrics ? undefined : this.#metrics.get(name),
      ...(this.#aliases.get(name) ?? []),
    ];
    return Object.fromEntries(sources.flatMap((source) => (source === undefined ? [] : [[source.id, source.sha256]])));
  }
}
