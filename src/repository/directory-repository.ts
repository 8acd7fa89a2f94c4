import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetadataError } from '../errors/metadata-error.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { Limits } from '../spec/limits.ts';
import type {
  ModelRecord,
  ModelRepository,
  OpenOptions,
  RepositoryIndex,
  RepositoryProblem,
} from '../spec/model-repository.ts';
import { openArtefact } from './artefact-reader.ts';
import { buildIndex, type ReadDocument } from './build-index.ts';
import { type MetadataDocument, readMetadata } from './metadata-reader.ts';
import { type FileFact, lookAt, scanTree, Slice } from './scan-tree.ts';
import { watchTree } from './watch-tree.ts';

/** How a directory is read. */
export interface DirectoryOptions {
  readonly limits: Limits;
  readonly fileNamePattern?: RegExp;
}

interface CachedDocument {
  readonly fact: FileFact;
  readonly content: MetadataDocument | MetadataError;
}

/**
 * The models directory of the contract: `trained/ preprocessing/ metadata/ checkpoints/`. Model bytes
 * are read by `open` only; metadata is read again only where its file changed.
 */
export class DirectoryRepository implements ModelRepository {
  readonly location: string;
  readonly #options: DirectoryOptions;
  #files: Map<string, FileFact> | undefined;
  #problems: readonly RepositoryProblem[] = [];
  #documents = new Map<string, CachedDocument>();
  #index: Promise<RepositoryIndex> | undefined;

  constructor(root: string, options: DirectoryOptions) {
    this.location = root;
    this.#options = options;
  }

  index(): Promise<RepositoryIndex> {
    this.#index ??= this.#build();
    return this.#index;
  }

  refresh(): void {
    this.#files = undefined;
    this.#index = undefined;
  }

  open(record: ModelRecord, options: OpenOptions): Promise<Artefact> {
    if (record.problem !== undefined) {
      return Promise.reject(
        new MetadataError(
          'ML_METADATA_INVALID',
          `${record.id} is not loaded while its metadata cannot be trusted: ${record.problem.message}`,
          {
            details: { id: record.id, problem: record.problem },
          },
        ),
      );
    }
    return openArtefact(this.location, join(this.location, record.id), options);
  }

  watch(onChange: () => void): Promise<() => Promise<void>> {
    return watchTree(this.location, (ids) => {
      if (this.#files !== undefined) {
        for (const id of ids) this.#lookAgain(id, this.#files);
        this.#index = undefined;
      }
      onChange();
    });
  }

  /** One changed file: only it is looked at again. */
  #lookAgain(id: string, files: Map<string, FileFact>): void {
    const fact = lookAt(this.location, id);
    if (fact === undefined) files.delete(id);
    else files.set(id, fact);
  }

  async #build(): Promise<RepositoryIndex> {
    if (this.#files === undefined) {
      const { files, problems } = await scanTree(this.location, this.#options.limits);
      this.#files = files;
      this.#problems = problems;
    }
    const files = this.#files;
    const documents = await this.#readDocuments(files);
    return buildIndex({ files, documents, problems: this.#problems, pattern: this.#options.fileNamePattern });
  }

  async #readDocuments(files: ReadonlyMap<string, FileFact>): Promise<ReadDocument[]> {
    const known = this.#documents;
    const current = new Map<string, CachedDocument>();
    const slice = new Slice();
    for (const fact of files.values()) {
      if (!fact.id.endsWith('.json')) continue;
      const before = known.get(fact.id);
      const same = before?.fact.size === fact.size && before.fact.modifiedMs === fact.modifiedMs;
      current.set(fact.id, same ? before : { fact, content: this.#readDocument(fact) });
      if (!same) await slice.breathe();
    }
    this.#documents = current;
    return Array.from(current, ([id, { content }]) => ({ id, content }));
  }

  #readDocument(fact: FileFact): MetadataDocument | MetadataError {
    const inMetadata = fact.id.startsWith('metadata/');
    if (fact.size > this.#options.limits.maxMetadataBytes) {
      // A large JSON file beside models is a model (XGBoost); in metadata/ it is a mistake.
      return inMetadata
        ? invalid(fact.id, `it has ${fact.size} bytes, the limit is limits.maxMetadataBytes`)
        : { kind: 'other' };
    }
    try {
      return readMetadata(readFileSync(join(this.location, fact.id), 'utf8'), fact.id);
    } catch (error) {
      if (error instanceof MetadataError)
        return inMetadata || !/no valid JSON/.test(error.message) ? error : { kind: 'other' };
      return invalid(fact.id, `it cannot be read: ${String(error)}`);
    }
  }
}

function invalid(source: string, what: string): MetadataError {
  return new MetadataError('ML_METADATA_INVALID', `${source}: ${what}`, { details: { source } });
}
