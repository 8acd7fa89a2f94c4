import { MetadataError } from '../errors/metadata-error.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { ModelArea, ModelRecord, RepositoryIndex, RepositoryProblem } from '../spec/model-repository.ts';
import { isPlainRelative } from './contained-path.ts';
import { type ParsedFileName, parseFileName, splitExtension } from './file-name.ts';
import type { MetadataDocument } from './metadata-reader.ts';
import type { FileFact } from './scan-tree.ts';
import { versionOf } from './version.ts';

/** A JSON file with what was read from it, or why it could not be. */
export interface ReadDocument {
  readonly id: string;
  readonly content: MetadataDocument | MetadataError;
}

const AREAS: ReadonlySet<string> = new Set<ModelArea>(['trained', 'preprocessing', 'checkpoints']);
/** Folders that hold no models. */
const OTHER_FOLDERS: ReadonlySet<string> = new Set(['metadata', 'training', 'samples', 'node_modules']);
/** Files that lie beside models and are none. */
const OTHER_FILES =
  /^(?:readme|license|notice|changelog)(?:\.|$)|\.(?:md|rst|pdf|html?|py|ipynb|sh|ya?ml|toml|cfg|ini|csv|tsv|log|png|jpe?g|svg|sig|sha256|asc|data|onnx_data|gitattributes|gitignore|gitkeep|dvc)$/i;
/** A folder with one of these files is one model, of the format that the file's extension names. */
const FOLDER_MARKERS: ReadonlySet<string> = new Set(['saved_model.pb', 'model.json']);

/** What an index is built from. */
export interface IndexSources {
  readonly files: ReadonlyMap<string, FileFact>;
  readonly documents: readonly ReadDocument[];
  readonly problems: readonly RepositoryProblem[];
  readonly pattern: RegExp | undefined;
}

/** Joins files and metadata to records. */
export function buildIndex({ files, documents, problems, pattern }: IndexSources): RepositoryIndex {
  const metadata = new MetadataTable(documents, files);
  const describing = new Set(
    documents.filter(({ content }) => content instanceof MetadataError || content.kind !== 'other').map(({ id }) => id),
  );
  const records: ModelRecord[] = [];
  const folders = modelFolders(files, pattern);
  for (const fact of files.values()) {
    const folder = folderOf(fact.id, folders);
    if (folder !== undefined) {
      if (fact.id === folder.main) records.push(recordOf(folderFact(folder, files), folder.parsed, metadata));
      continue;
    }
    if (describing.has(fact.id) || !mayBeModel(fact.id)) continue;
    const parsed = parseFileName(baseName(fact.id), pattern);
    if (parsed !== undefined) records.push(recordOf({ ...fact, kind: 'file' }, parsed, metadata));
  }
  return { records, problems: [...problems, ...metadata.problems], aliases: metadata.aliases };
}

interface ModelFact extends FileFact {
  readonly kind: 'file' | 'directory';
}

function recordOf(fact: ModelFact, parsed: ParsedFileName, table: MetadataTable): ModelRecord {
  const labelVersion = parsed.label === undefined ? undefined : versionOf(parsed.label);
  const { metadata, declared, problem } = table.of(fact.id, parsed, labelVersion);
  const stated = metadata === undefined || metadata.version === '' ? undefined : versionOf(metadata.version);
  return {
    id: fact.id,
    area: areaOf(fact.id),
    name: parsed.name,
    label: parsed.label,
    version: stated ?? labelVersion,
    date: parsed.date,
    extension: parsed.extension,
    kind: fact.kind,
    size: fact.size,
    modifiedMs: fact.modifiedMs,
    metadata,
    declared,
    problem,
  };
}

function mayBeModel(id: string): boolean {
  const [top = ''] = id.split('/');
  return !(id.includes('/') && OTHER_FOLDERS.has(top)) && !OTHER_FILES.test(baseName(id));
}

function areaOf(id: string): ModelArea {
  const top = id.slice(0, Math.max(0, id.indexOf('/')));
  return AREAS.has(top) ? (top as ModelArea) : 'trained';
}

interface ModelFolder {
  readonly id: string;
  /** The file that makes the folder a model. */
  readonly main: string;
  readonly parsed: ParsedFileName;
  readonly kind: 'file' | 'directory';
}

/**
 * Folders that are one model: with `saved_model.pb` or `model.json`; or named with a version and
 * holding one `.onnx` file, whose external data lies beside it.
 */
function modelFolders(files: ReadonlyMap<string, FileFact>, pattern: RegExp | undefined): Map<string, ModelFolder> {
  const folders = new Map<string, ModelFolder>();
  const graphs = new Map<string, string[]>();
  for (const id of files.keys()) {
    const folder = id.slice(0, Math.max(0, id.lastIndexOf('/')));
    const name = baseName(id);
    if (!folder.includes('/') && (folder === '' || AREAS.has(folder))) continue;
    if (!mayBeModel(id)) continue;
    if (FOLDER_MARKERS.has(name)) {
      const parsed = parseFileName(baseName(folder), pattern);
      if (parsed !== undefined)
        folders.set(folder, {
          id: folder,
          main: id,
          kind: 'directory',
          parsed: { ...parsed, extension: splitExtension(name).extension },
        });
    } else if (name.endsWith('.onnx')) {
      graphs.set(folder, [...(graphs.get(folder) ?? []), id]);
    }
  }
  for (const [folder, [main, ...others]] of graphs) {
    const parsed = parseFileName(baseName(folder), pattern);
    if (main === undefined || others.length > 0 || parsed?.label === undefined || folders.has(folder)) continue;
    folders.set(folder, { id: folder, main, kind: 'file', parsed: { ...parsed, extension: 'onnx' } });
  }
  return folders;
}

function folderOf(id: string, folders: ReadonlyMap<string, ModelFolder>): ModelFolder | undefined {
  if (folders.size === 0) return undefined;
  for (let slash = id.lastIndexOf('/'); slash > 0; slash = id.lastIndexOf('/', slash - 1)) {
    const folder = folders.get(id.slice(0, slash));
    if (folder !== undefined) return folder;
  }
  return undefined;
}

function folderFact(folder: ModelFolder, files: ReadonlyMap<string, FileFact>): ModelFact {
  const main = files.get(folder.main) as FileFact;
  if (folder.kind === 'file') return { ...main, kind: 'file' };
  let size = 0;
  let modifiedMs = 0;
  for (const fact of files.values()) {
    if (!fact.id.startsWith(`${folder.id}/`)) continue;
    size += fact.size;
    modifiedMs = Math.max(modifiedMs, fact.modifiedMs);
  }
  return { id: folder.id, size, modifiedMs, kind: 'directory' };
}

interface Described {
  readonly metadata: ModelMetadata | undefined;
  /** Whether the metadata names exactly this file. */
  readonly declared: boolean;
  readonly problem: RepositoryProblem | undefined;
}

/** Metadata by the file it names, by stem, and by model name. */
class MetadataTable {
  readonly problems: RepositoryProblem[] = [];
  readonly aliases: Record<string, Readonly<Record<string, string>>> = Object.create(null) as Record<
    string,
    Readonly<Record<string, string>>
  >;
  readonly #byPath = new Map<string, ModelMetadata>();
  readonly #listed = new Map<string, ModelMetadata>();
  readonly #byStem = new Map<string, ModelMetadata>();
  readonly #byName = new Map<string, ModelMetadata[]>();
  readonly #broken = new Map<string, RepositoryProblem>();
  readonly #features = new Map<string, readonly string[]>();

  constructor(documents: readonly ReadDocument[], files: ReadonlyMap<string, FileFact>) {
    for (const { id, content } of documents) {
      if (content instanceof MetadataError) this.#reject({ id, code: content.code, message: content.message });
      else if (content.kind === 'aliases') Object.assign(this.aliases, content.aliases);
      else if (content.kind === 'features')
        for (const [name, names] of content.features) this.#features.set(name, names);
      else if (content.kind === 'models')
        for (const model of content.models) this.#add(id, model, { files, only: content.models.length === 1 });
    }
  }

  of(id: string, parsed: ParsedFileName, labelVersion: string | undefined): Described {
    const stem = splitExtension(baseName(id)).stem;
    const named = this.#byPath.get(id);
    const beside = this.#byStem.get(stem);
    const problem = named === undefined && beside === undefined ? this.#broken.get(stem) : undefined;
    const found = named ?? this.#fromList(id) ?? beside ?? this.#byVersion(parsed, labelVersion);
    const features = found?.features ?? this.#features.get(parsed.name);
    const metadata =
      found === undefined
        ? features && { name: parsed.name, version: labelVersion ?? '', features, extra: {} }
        : { ...found, ...(features !== undefined && { features }) };
    return { metadata, declared: named !== undefined, problem };
  }

  #add(
    source: string,
    model: ModelMetadata,
    { files, only }: { readonly files: ReadonlyMap<string, FileFact>; readonly only: boolean },
  ): void {
    const path = model.file_path;
    if (path !== undefined) {
      if (!isPlainRelative(path)) {
        this.#reject({
          id: source,
          code: 'ML_ARTEFACT_ESCAPES',
          message: `${source}: file_path ${JSON.stringify(path)} must be relative and stay below the models directory`,
        });
        return;
      }
      const id = path
        .split('/')
        .filter((part) => part !== '.' && part !== '')
        .join('/');
      if (!files.has(id) && ![...files.keys()].some((file) => file.startsWith(`${id}/`))) {
        this.problems.push({
          id: source,
          code: 'ML_ARTEFACT_MISSING',
          message: `${source}: file_path ${path} does not exist`,
        });
      }
      this.#byPath.set(id, model);
    } else {
      if (only) this.#byStem.set(splitExtension(baseName(source)).stem, model);
      this.#byName.set(model.name, [...(this.#byName.get(model.name) ?? []), model]);
    }
    for (const listed of Object.keys(model.files ?? {})) this.#listed.set(listed, model);
  }

  /** A broken metadata file is a problem of its own and of the model that it is named after. */
  #reject(problem: RepositoryProblem): void {
    this.problems.push(problem);
    this.#broken.set(splitExtension(baseName(problem.id)).stem, problem);
  }

  /** A further file of a described model: its own checksum, not that of the main file. */
  #fromList(id: string): ModelMetadata | undefined {
    const model = this.#listed.get(id);
    if (model === undefined) return undefined;
    const { file_size: _size, checksum: _checksum, ...rest } = model;
    const checksum = model.files?.[id];
    return { ...rest, file_path: id, ...(checksum !== undefined && { checksum }) };
  }

  /** Metadata without a path belongs to the file of its name whose label its version satisfies. */
  #byVersion(parsed: ParsedFileName, labelVersion: string | undefined): ModelMetadata | undefined {
    const models = this.#byName.get(parsed.name) ?? [];
    return models.find((model) => {
      if (model.version === '' || parsed.label === undefined) return models.length === 1;
      const digits = parsed.label.replace(/^v/i, '');
      const version = versionOf(model.version);
      return version === labelVersion || (/^\d+(\.\d+)?$/.test(digits) && version?.startsWith(`${digits}.`) === true);
    });
  }
}

function baseName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
