import type { ModelArea, ModelRecord, RepositoryIndex, RepositoryProblem } from '../spec/model-repository.ts';
import { type ParsedFileName, parseFileName, splitExtension } from './file-name.ts';
import { MetadataTable, type ReadDocument } from './metadata-table.ts';
import { folderAround, type ModelFolder, modelFolders } from './model-folders.ts';
import type { FileFact } from './scan-tree.ts';
import { versionOf } from './version.ts';

const AREAS: ReadonlySet<string> = new Set<ModelArea>(['trained', 'preprocessing', 'checkpoints']);
/** Folders that are no model by themselves: the root, the areas. */
const NO_MODEL_FOLDERS: ReadonlySet<string> = new Set(['', 'metadata', ...AREAS]);
/** Files that lie beside models and are none. */
const OTHER_FILES =
  /^(?:readme|license|notice|changelog|requirements)(?:\.|$)|\.(?:md|rst|pdf|html?|py|ipynb|[cm]?[jt]s|sh|ya?ml|toml|cfg|ini|csv|tsv|log|png|jpe?g|svg|sig|sha\d+|md5|asc|data|dvc)$|_data(?:_\d+)?$/i;
const WEIGHTS = /\.bin$/i;

/** What an index is built from. */
export interface IndexSources {
  readonly files: ReadonlyMap<string, FileFact>;
  readonly documents: readonly ReadDocument[];
  readonly problems: readonly RepositoryProblem[];
  readonly pattern: RegExp | undefined;
  /** Whether records tell the digests of their documents. Default `false`. */
  readonly digested?: boolean | undefined;
}

/** A file or folder that is a model as far as its name tells. */
interface ModelFact extends FileFact {
  readonly kind: 'file' | 'directory';
  readonly parsed: ParsedFileName;
}

/** Joins files and metadata to records, sorted by id. */
export function buildIndex({ files, documents, problems, pattern, digested = false }: IndexSources): RepositoryIndex {
  const paths = new PathSet(files);
  const usable = documents.filter((document) => isMetadata(document, paths)).sort(byId);
  const described = new Set(usable.map(({ id }) => id));
  const metadata = new MetadataTable(usable, (id) => paths.has(id), digested);
  const listed = new Set(usable.flatMap(({ content }) => (content.kind === 'models' ? listedIn(content.models) : [])));
  const isModel = ({ id }: FileFact): boolean =>
    !described.has(id) && !id.startsWith('metadata/') && !(WEIGHTS.test(id) && listed.has(id));
  const facts = modelFacts([...files.values()].filter(isModel), pattern);
  const stems = facts.map(({ id }) => splitExtension(baseName(id)).stem);
  const sharing = new Map<string, number>();
  for (const stem of stems) sharing.set(stem, (sharing.get(stem) ?? 0) + 1);
  const records = facts.map((fact, i) => recordOf(fact, metadata, sharing.get(stems[i] ?? '') === 1));
  return { records: records.sort(byId), problems: [...problems, ...metadata.problems], aliases: metadata.aliases };
}

/** Field by field: spreading the parts takes four times as long, which ten thousand files make felt. */
function recordOf(fact: ModelFact, table: MetadataTable, alone: boolean): ModelRecord {
  const { id, kind, size, modifiedMs, parsed } = fact;
  const { name, label, date, extension } = parsed;
  const { metadata, declared, problem, sources } = table.of(id, parsed, alone);
  const stated = metadata === undefined ? undefined : versionOf(metadata.version);
  const version = stated ?? (label === undefined ? undefined : versionOf(label));
  const area = areaOf(id);
  const record = {
    id,
    area,
    name,
    label,
    version,
    date,
    extension,
    kind,
    size,
    modifiedMs,
    metadata,
    declared,
    problem,
  };
  return sources === undefined ? record : { ...record, metadataFiles: sources };
}

function modelFacts(files: readonly FileFact[], pattern: RegExp | undefined): ModelFact[] {
  const folders = modelFolders(files, NO_MODEL_FOLDERS, pattern);
  const inFolder = new Map<ModelFolder, FileFact[]>();
  const facts: ModelFact[] = [];
  for (const fact of files) {
    const folder = folderAround(fact.id, folders);
    if (folder?.kind === 'directory') {
      const within = inFolder.get(folder);
      if (within === undefined) inFolder.set(folder, [fact]);
      else within.push(fact);
    } else if (folder !== undefined) {
      const { extension } = splitExtension(fact.id);
      if (folder.mains.includes(fact.id))
        facts.push({ ...fact, kind: 'file', parsed: { ...folder.parsed, extension } });
    } else if (!OTHER_FILES.test(baseName(fact.id))) {
      const parsed = parseFileName(baseName(fact.id), pattern);
      if (parsed !== undefined) facts.push({ ...fact, kind: 'file', parsed });
    }
  }
  for (const [{ id, parsed }, within] of inFolder) {
    const size = within.reduce((sum, fact) => sum + fact.size, 0);
    const modifiedMs = within.reduce((latest, fact) => Math.max(latest, fact.modifiedMs), 0);
    facts.push({ id, kind: 'directory', parsed, size, modifiedMs });
  }
  return facts;
}

/**
 * Whether a JSON file is about models. One that is no JSON counts where it is plainly meant as
 * metadata: in `metadata/`, or beside a model of its name. Elsewhere it may be a damaged model.
 */
function isMetadata({ id, content }: ReadDocument, paths: PathSet): boolean {
  if (content.kind !== 'broken') return content.kind !== 'other';
  return id.startsWith('metadata/') || paths.hasOtherFormat(id) || content.paths.some((path) => paths.has(path));
}

function listedIn(models: readonly { readonly files?: Readonly<Record<string, string>> }[]): string[] {
  return models.flatMap(({ files }) => Object.keys(files ?? {}));
}

/** Files and folders by id; the folders are only collected when one is asked for. */
class PathSet {
  readonly #files: ReadonlyMap<string, FileFact>;
  #folders: ReadonlySet<string> | undefined;
  #formats: ReadonlySet<string> | undefined;

  constructor(files: ReadonlyMap<string, FileFact>) {
    this.#files = files;
  }

  has(id: string): boolean {
    if (this.#files.has(id)) return true;
    this.#folders ??= new Set([...this.#files.keys()].flatMap(foldersOf));
    return this.#folders.has(id);
  }

  /** Whether a file has the same path but for the extension, and is no JSON. */
  hasOtherFormat(id: string): boolean {
    this.#formats ??= new Set(
      Array.from(this.#files.keys(), splitExtension).flatMap(({ stem, extension }) =>
        extension === 'json' ? [] : [stem],
      ),
    );
    return this.#formats.has(splitExtension(id).stem);
  }
}

function foldersOf(id: string): string[] {
  const folders: string[] = [];
  for (let slash = id.indexOf('/'); slash > 0; slash = id.indexOf('/', slash + 1)) folders.push(id.slice(0, slash));
  return folders;
}

function areaOf(id: string): ModelArea {
  const top = id.slice(0, Math.max(0, id.indexOf('/')));
  return AREAS.has(top) ? (top as ModelArea) : 'trained';
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

function baseName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
