import type { ModelMetadata } from '../spec/metadata.ts';
import type { RepositoryProblem } from '../spec/model-repository.ts';
import { isPlainRelative } from './contained-path.ts';
import { type ParsedFileName, splitExtension } from './file-name.ts';
import type { MetadataDocument, Rejected } from './metadata-reader.ts';
import { MetadataSources } from './metadata-sources.ts';
import { versionOf } from './version.ts';

/** A JSON file with what was read from it, or why it could not be. */
export interface ReadDocument {
  readonly id: string;
  readonly content: MetadataDocument | (Rejected & { readonly kind: 'broken' });
  /** SHA-256 of the bytes that were read; absent where nobody asked for it. */
  readonly sha256?: string | undefined;
}

/** What the metadata says of one file. */
export interface Described {
  readonly metadata: ModelMetadata | undefined;
  /** Whether the metadata means this file and no other. */
  readonly declared: boolean;
  /** Why the file must not be loaded. */
  readonly problem: RepositoryProblem | undefined;
  /** Digests of the documents that the metadata is from, by path; absent where nobody asked for them. */
  readonly sources?: Readonly<Record<string, string>> | undefined;
}

type Aliases = Record<string, Readonly<Record<string, string>>>;

/**
 * Metadata by the file that it means. In this order: the file is its `file_path`; is listed in its
 * `files`; has the name of the JSON file, which has no `file_path`; is another format of its
 * `file_path`; has its model name and a label that its version satisfies.
 */
export class MetadataTable {
  readonly problems: RepositoryProblem[] = [];
  readonly aliases: Aliases = Object.create(null) as Aliases;
  readonly #exists: (id: string) => boolean;
  readonly #byPath = new Map<string, ModelMetadata>();
  readonly #listed = new Map<string, ModelMetadata>();
  /** By path without extension; for JSON files in `metadata/` by file name without extension. */
  readonly #byStem = new Map<string, ModelMetadata>();
  readonly #formats = new Map<string, ModelMetadata>();
  readonly #byName = new Map<string, ModelMetadata[]>();
  readonly #broken = new Map<string, RepositoryProblem>();
  readonly #features = new Map<string, readonly string[]>();
  readonly #metrics = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #sources: MetadataSources;

  /**
   * @param exists whether there is a file or folder of that id
   * @param digested whether the documents have digests, to be told of what they describe
   */
  constructor(documents: readonly ReadDocument[], exists: (id: string) => boolean, digested: boolean) {
    this.#sources = new MetadataSources(digested);
    this.#exists = exists;
    for (const document of documents) {
      const { id, content } = document;
      this.#sources.add(document);
      if (content.kind === 'broken') this.#reject(id, content, true);
      else if (content.kind === 'aliases') Object.assign(this.aliases, content.aliases);
      else if (content.kind === 'features') for (const entry of content.features) this.#features.set(...entry);
      else if (content.kind === 'metrics') for (const entry of content.metrics) this.#metrics.set(...entry);
      else if (content.kind === 'models') {
        const only = content.models.length + content.rejected.length === 1;
        for (const model of content.models) this.#add(id, model, only);
        for (const rejected of content.rejected) this.#reject(id, rejected, only);
      }
    }
  }

  /** @param alone whether no other file may be meant by the same name without extension */
  of(id: string, parsed: ParsedFileName, alone: boolean): Described {
    const named = this.#byPath.get(id);
    if (named !== undefined) return { ...this.#described(id, parsed, named), declared: true, problem: undefined };
    const { stem } = splitExtension(id);
    const base = stem.slice(stem.lastIndexOf('/') + 1);
    const sameName = this.#byStem.get(stem) ?? this.#byStem.get(base);
    const found = this.#fromList(id) ?? sameName ?? this.#formats.get(stem) ?? this.#byVersion(parsed);
    const problem =
      this.#broken.get(`path ${id}`) ??
      (sameName === undefined ? (this.#broken.get(`stem ${stem}`) ?? this.#broken.get(`stem ${base}`)) : undefined) ??
      (found === undefined ? this.#broken.get(`name ${parsed.name}`) : undefined);
    return {
      ...this.#described(id, parsed, found),
      declared: alone && found === sameName && found !== undefined,
      problem,
    };
  }

  /** Metadata with what the other files say of the model. */
  #complete(
    id: string,
    parsed: ParsedFileName,
    found: ModelMetadata | undefined,
  ): { readonly metadata: ModelMetadata | undefined } {
    const labelVersion = parsed.label === undefined ? undefined : versionOf(parsed.label);
    const name = found?.name ?? parsed.name;
    const features = found?.features ?? this.#features.get(name);
    const metrics = found?.metrics ?? this.#metricsOf(name, found?.version ?? labelVersion);
    if (found === undefined && features === undefined && metrics === undefined) return { metadata: undefined };
    const whole = found?.features === features && found?.metrics === metrics && found?.file_path === id;
    if (whole) return { metadata: found };
    // Most metadata is complete; a repository with thousands of models need not hold two of each.
    if (found?.file_path === id && features === found.features && metrics === found.metrics) return { metadata: found };
    const additions = { ...(features !== undefined && { features }), ...(metrics !== undefined && { metrics }) };
    const base = found ?? { name, version: labelVersion ?? '', extra: {} };
    return { metadata: { ...base, ...additions, ...(found !== undefined && { file_path: id }) } };
  }

  /** What `#complete` took from where, where it was asked to be told. */
  #described(
    id: string,
    parsed: ParsedFileName,
    found: ModelMetadata | undefined,
  ): Pick<Described, 'metadata' | 'sources'> {
    const { metadata } = this.#complete(id, parsed, found);
    if (!this.#sources.wanted) return { metadata };
    return { metadata, sources: this.#sources.of(metadata?.name ?? parsed.name, { found, metadata }) };
  }

  #metricsOf(name: string, version: string | undefined): Readonly<Record<string, unknown>> | undefined {
    const metrics = this.#metrics.get(name);
    if (metrics === undefined) return undefined;
    const versions = Object.entries(metrics).filter(([key]) => versionOf(key) !== undefined);
    if (versions.length === 0) return metrics;
    const wanted = version === undefined ? undefined : versionOf(version);
    const [, own] = versions.find(([key]) => versionOf(key) === wanted) ?? [];
    return typeof own === 'object' && own !== null ? (own as Record<string, unknown>) : undefined;
  }

  #add(source: string, model: ModelMetadata, only: boolean): void {
    const path = model.file_path;
    if (path === undefined) {
      if (only) this.#byStem.set(stemOf(source), model);
      this.#named(model);
    } else if (isPlainRelative(path)) {
      this.#addPath(source, model, normal(path));
    } else {
      const problem: RepositoryProblem = {
        id: source,
        code: 'ML_ARTEFACT_ESCAPES',
        message: `${source}: file_path ${JSON.stringify(path)} must be relative and stay below the models directory`,
      };
      this.#block(problem, { names: [model.name], paths: [], stem: only ? stemOf(source) : undefined });
      return;
    }
    for (const listed of Object.keys(model.files ?? {})) this.#listed.set(listed, model);
  }

  #addPath(source: string, model: ModelMetadata, id: string): void {
    const before = this.#byPath.get(id);
    if (before !== undefined && (before.checksum !== model.checksum || before.version !== model.version)) {
      this.problems.push({
        id: source,
        code: 'ML_METADATA_INVALID',
        message: `${source}: another metadata file describes ${id} differently; that one counts`,
      });
      return;
    }
    this.#byPath.set(id, model);
    const bare = withoutBytes(model);
    this.#sources.copied(model, bare);
    this.#formats.set(splitExtension(id).stem, bare);
    if (this.#exists(id)) return;
    this.problems.push({
      id: source,
      code: 'ML_ARTEFACT_MISSING',
      message: `${source}: file_path ${id} does not exist`,
    });
    this.#named(bare);
  }

  #named(model: ModelMetadata): void {
    const models = this.#byName.get(model.name);
    if (models === undefined) this.#byName.set(model.name, [model]);
    else models.push(model);
  }

  /** Broken metadata is a problem of its own, and of the models that it speaks of. */
  #reject(source: string, { error, names, paths }: Rejected, only: boolean): void {
    const problem = { id: source, code: error.code, message: error.message };
    this.#block(problem, { names, paths, stem: only ? stemOf(source) : undefined });
  }

  #block(
    problem: RepositoryProblem,
    { names, paths, stem }: Pick<Rejected, 'names' | 'paths'> & { readonly stem: string | undefined },
  ): void {
    this.problems.push(problem);
    if (stem !== undefined) this.#broken.set(`stem ${stem}`, problem);
    for (const path of paths) this.#broken.set(`path ${normal(path)}`, problem);
    // With a path it is known which file is meant; a name alone may mean every version.
    if (paths.length === 0) for (const name of names) this.#broken.set(`name ${name}`, problem);
  }

  /** A further file of a described model: its own checksum, not that of the main file. */
  #fromList(id: string): ModelMetadata | undefined {
    const model = this.#listed.get(id);
    const checksum = model?.files?.[id];
    if (model === undefined || checksum === undefined) return model;
    const own = { ...withoutBytes(model), checksum };
    this.#sources.copied(model, own);
    return own;
  }

  /** Metadata without a file of its own belongs to the file of its name whose label its version satisfies. */
  #byVersion({ name, label, date }: ParsedFileName): ModelMetadata | undefined {
    const models = this.#byName.get(name) ?? [];
    if (label === undefined) return models.length === 1 ? models[0] : undefined;
    const labelVersion = versionOf(label);
    const digits = label.replace(/^v/i, '');
    const partial = /^\d+(\.\d+)?$/.test(digits);
    const equal = models.filter(({ version }) => versionOf(version) === labelVersion);
    const within = models.filter(({ version }) => partial && versionOf(version)?.startsWith(`${digits}.`) === true);
    const matching = equal.length > 0 ? equal : within;
    return matching.find((model) => date !== undefined && dayOf(model.created_at) === date) ?? matching[0];
  }
}

/** What does not hold for another file of the same model. */
function withoutBytes(model: ModelMetadata): ModelMetadata {
  const { file_size: _size, checksum: _checksum, ...rest } = model;
  return rest;
}

/** `YYYYMMDD` of an ISO date-time. */
function dayOf(created: string | undefined): string | undefined {
  return created === undefined ? undefined : /^\d{4}-\d\d-\d\d/.exec(created)?.[0].replaceAll('-', '');
}

/** What a JSON file describes by its own name: a file of that name anywhere, or beside it. */
function stemOf(source: string): string {
  const { stem } = splitExtension(source);
  return source.startsWith('metadata/') ? stem.slice(stem.lastIndexOf('/') + 1) : stem;
}

function normal(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '.' && part !== '')
    .join('/');
}
