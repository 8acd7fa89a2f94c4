import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MetadataError } from '../errors/metadata-error.ts';
import type { RepositoryIndex, RepositoryProblem } from '../spec/model-repository.ts';
import { buildIndex } from './build-index.ts';
import { type ChangeJournal, JOURNAL_ID, readChangeJournal } from './change-journal.ts';
import type { DirectoryOptions } from './directory-repository.ts';
import { readMetadata, subjectsOf } from './metadata-reader.ts';
import type { ReadDocument } from './metadata-table.ts';
import { readSmallFile } from './read-small-file.ts';
import { scanSettled, settled } from './scan-settled.ts';
import { type FileFact, lookAt, Slice } from './scan-tree.ts';
import { watchTree } from './watch-tree.ts';

interface CachedDocument {
  readonly fact: FileFact;
  readonly content: ReadDocument['content'];
  readonly sha256?: string | undefined;
}

/** The list of what a models directory holds; metadata is read again only where its file changed. */
export class DirectoryIndex {
  readonly location: string;
  readonly #options: DirectoryOptions;
  #files = new Map<string, FileFact>();
  #problems: readonly RepositoryProblem[] = [];
  #documents = new Map<string, CachedDocument>();
  /** What was being changed when the files were looked at. */
  #journal: ChangeJournal = { sequence: 0, moving: [] };
  #index: RepositoryIndex | undefined;
  #building: Promise<void> | undefined;
  /** Counts the times that the disk was said to have changed. */
  #generation = 0;
  /** The generation that `#index` shows. */
  #built = -1;
  #lookAtAll = true;
  /** Files to be looked at again, where not all are. */
  readonly #changed = new Set<string>();

  constructor(root: string, options: DirectoryOptions) {
    this.location = root;
    this.#options = options;
  }

  async index(): Promise<RepositoryIndex> {
    const wanted = this.#generation;
    // What was begun before the last `refresh()` may have missed what came since; it is awaited and not used.
    while (this.#index === undefined || this.#built < wanted) {
      this.#building ??= this.#buildOnce();
      await this.#building;
    }
    return this.#index;
  }

  /** Ids of all files below the root that are neither hidden nor temporary, sorted. */
  async files(): Promise<readonly string[]> {
    await this.index();
    return [...this.#files.keys()].sort();
  }

  refresh(): void {
    this.#generation += 1;
    this.#lookAtAll = true;
  }

  watch(onChange: () => void): Promise<() => Promise<void>> {
    return watchTree(this.location, (ids) => {
      this.#generation += 1;
      if (ids === undefined) this.#lookAtAll = true;
      else for (const id of ids) this.#changed.add(id);
      onChange();
    });
  }

  async #buildOnce(): Promise<void> {
    try {
      await this.#build();
    } catch (error) {
      this.#lookAtAll = true;
      throw error;
    } finally {
      this.#building = undefined;
    }
  }

  async #build(): Promise<void> {
    const generation = this.#generation;
    const changed = [...this.#changed];
    this.#changed.clear();
    // Single files tell nothing of a change that is not done until all of them are there.
    const published =
      changed.includes(JOURNAL_ID) || readChangeJournal(this.location).sequence !== this.#journal.sequence;
    if (this.#lookAtAll || published || this.#index === undefined) {
      this.#lookAtAll = false;
      await this.#lookAround();
    } else if (changed.map((id) => this.#lookAgain(id)).every(Boolean)) {
      const resized = withSizes(this.#index, this.#files, changed);
      if (resized !== undefined) {
        this.#index = resized;
        this.#built = generation;
        return;
      }
    }
    const { files, problems } = settled(this.#files, this.#journal);
    const documents = Array.from(this.#documents, ([id, { content, sha256 }]) => ({ id, content, sha256 })).filter(
      ({ id }) => files.has(id),
    );
    const { fileNamePattern: pattern, digestMetadata: digested } = this.#options;
    this.#index = buildIndex({ files, documents, problems: [...this.#problems, ...problems], pattern, digested });
    this.#built = generation;
  }

  /** Lists all files and reads their metadata, all of one moment between changes. */
  async #lookAround(): Promise<void> {
    const { journal } = await scanSettled(this.location, this.#options.limits, async ({ files, problems }) => {
      this.#files = files;
      this.#problems = problems;
      await this.#readDocuments();
    });
    this.#journal = journal;
  }

  /** Looks at one changed file. Whether all that may have changed is size and time of a file that was known. */
  #lookAgain(id: string): boolean {
    const fact = lookAt(this.location, id);
    const known = this.#files.has(id);
    this.#problems = this.#problems.filter((problem) => problem.id !== id);
    if (fact === undefined) this.#files.delete(id);
    else this.#files.set(id, fact);
    if (!id.endsWith('.json')) return known && fact !== undefined;
    if (fact === undefined) this.#documents.delete(id);
    else this.#documents.set(id, { fact, ...this.#readDocument(fact) });
    return false;
  }

  async #readDocuments(): Promise<void> {
    const known = this.#documents;
    const current = new Map<string, CachedDocument>();
    const slice = new Slice();
    for (const fact of this.#files.values()) {
      if (!fact.id.endsWith('.json')) continue;
      const before = known.get(fact.id);
      const same = before?.fact.size === fact.size && before.fact.modifiedMs === fact.modifiedMs;
      current.set(fact.id, same ? before : { fact, ...this.#readDocument(fact) });
      if (!same) await slice.breathe();
    }
    this.#documents = current;
  }

  #readDocument({ id, size }: FileFact): Pick<ReadDocument, 'content' | 'sha256'> {
    const { limits, digestMetadata } = this.#options;
    const { maxMetadataBytes } = limits;
    // A large JSON file beside models is a model; in metadata/ it is a mistake.
    if (size > maxMetadataBytes && !id.startsWith('metadata/')) return { content: { kind: 'other' } };
    let text = '';
    try {
      text = readSmallFile(join(this.location, id), maxMetadataBytes);
      const content = readMetadata(text, id);
      return { content, ...(digestMetadata === true && { sha256: createHash('sha256').update(text).digest('hex') }) };
    } catch (error) {
      if (error instanceof MetadataError) return { content: { kind: 'broken', error, ...subjectsOf(text) } };
      const reason = error instanceof Error ? error.message : String(error);
      const message = `${id}: it cannot be read: ${reason} (limits.maxMetadataBytes is ${maxMetadataBytes})`;
      const unread = new MetadataError('ML_METADATA_INVALID', message, { details: { source: id }, cause: error });
      return { content: { kind: 'broken', error: unread, names: [], paths: [] } };
    }
  }
}

/** The index with the sizes and times of some files as they are now; `undefined` where one is no record itself. */
function withSizes(
  index: RepositoryIndex,
  files: ReadonlyMap<string, FileFact>,
  changed: readonly string[],
): RepositoryIndex | undefined {
  const left = new Set(changed);
  const records = index.records.map((record) =>
    left.delete(record.id) ? { ...record, ...files.get(record.id) } : record,
  );
  return left.size === 0 ? { ...index, records } : undefined;
}
