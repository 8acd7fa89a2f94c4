import { join } from 'node:path';
import { MetadataError } from '../errors/metadata-error.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { Limits } from '../spec/limits.ts';
import type { ModelRecord, ModelRepository, OpenOptions, RepositoryIndex } from '../spec/model-repository.ts';
import type { DirectoryIndex } from './directory-index.ts';

/** How a directory is read. */
export interface DirectoryOptions {
  readonly limits: Limits;
  readonly fileNamePattern?: RegExp;
  /** Whether records tell the digests of their metadata files. Default `false`: it costs a digest per file. */
  readonly digestMetadata?: boolean;
}

/**
 * The models directory of the contract: `trained/ preprocessing/ metadata/ checkpoints/`. Model bytes
 * are read by `open` only. What looks at the directory is imported with the first look.
 */
export class DirectoryRepository implements ModelRepository {
  readonly location: string;
  readonly #options: DirectoryOptions;
  #contents: DirectoryIndex | undefined;

  constructor(root: string, options: DirectoryOptions) {
    this.location = root;
    this.#options = options;
  }

  async index(): Promise<RepositoryIndex> {
    return (this.#contents ?? (await this.#look())).index();
  }

  /** Ids of all files below the root that are neither hidden nor temporary, sorted. */
  async files(): Promise<readonly string[]> {
    return (this.#contents ?? (await this.#look())).files();
  }

  refresh(): void {
    // The first look sees everything.
    this.#contents?.refresh();
  }

  async open(record: ModelRecord, options: OpenOptions): Promise<Artefact> {
    const { id, kind, problem } = record;
    if (problem !== undefined) {
      throw new MetadataError(
        'ML_METADATA_INVALID',
        `${id} is not loaded while its metadata cannot be trusted: ${problem.message}`,
        { details: { id, problem } },
      );
    }
    const { openArtefact } = await import('./artefact-reader.ts');
    return openArtefact(this.location, join(this.location, id), { ...options, kind });
  }

  async watch(onChange: () => void): Promise<() => Promise<void>> {
    return (this.#contents ?? (await this.#look())).watch(onChange);
  }

  async #look(): Promise<DirectoryIndex> {
    const { DirectoryIndex } = await import('./directory-index.ts');
    return (this.#contents ??= new DirectoryIndex(this.location, this.#options));
  }
}
