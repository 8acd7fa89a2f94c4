import { type ParsedFileName, parseFileName, splitExtension } from './file-name.ts';
import type { FileFact } from './scan-tree.ts';

/** A folder that is one model. */
export interface ModelFolder {
  readonly id: string;
  /**
   * `directory`: the loader takes the folder as a whole. `file`: it takes the files in `mains`, each
   * a format of its own; whatever lies around them is read by them.
   */
  readonly kind: 'file' | 'directory';
  readonly mains: readonly string[];
  readonly parsed: ParsedFileName;
}

/** Files that make their folder one model: a saved graph, a graph whose weights lie beside it. */
const MARKER = /^(?:saved_model\.[a-z]+|model\.json)$/;
/** Weights outside of the graph: by their extension, or without one. */
const DATA = /(?:\.(?:data|bin|weights?|bias)|_data(?:_\d+)?)$|^[^.]+$/i;

/** Signs what lies beside it, and makes no difference to what that is. */
const SIGNATURE = /\.sig$/i;

/**
 * Folders that are one model:
 * - those with a `saved_model.*` or `model.json` that is no metadata, as a whole;
 * - those named with a version (`bert_v1/`), where files are called `model.*` or as the folder, or
 *   where all but one file are external data. Name, version and date come from the folder.
 *
 * @param files ids of files that may be models or belong to one; no metadata
 * @param areas ids of folders that are never a model
 */
export function modelFolders(
  files: Iterable<FileFact>,
  areas: ReadonlySet<string>,
  pattern: RegExp | undefined,
): Map<string, ModelFolder> {
  const folders = new Map<string, ModelFolder>();
  for (const [id, names] of byFolder(files)) {
    const parsed = areas.has(id) ? undefined : parseFileName(baseName(id), pattern);
    if (parsed === undefined) continue;
    const marker = names.find((name) => MARKER.test(name));
    if (marker !== undefined) {
      const { extension } = splitExtension(marker);
      folders.set(id, { id, kind: 'directory', mains: [`${id}/${marker}`], parsed: { ...parsed, extension } });
    } else if (parsed.label !== undefined) {
      const mains = mainFiles(names, baseName(id), parsed.name).map((name) => `${id}/${name}`);
      if (mains.length > 0) folders.set(id, { id, kind: 'file', mains, parsed });
    }
  }
  return folders;
}

/** The model folder that a file lies in, at whatever depth. */
export function folderAround(id: string, folders: ReadonlyMap<string, ModelFolder>): ModelFolder | undefined {
  if (folders.size === 0) return undefined;
  for (let slash = id.indexOf('/'); slash > 0; slash = id.indexOf('/', slash + 1)) {
    const folder = folders.get(id.slice(0, slash));
    if (folder !== undefined) return folder;
  }
  return undefined;
}

function mainFiles(all: readonly string[], folder: string, model: string): string[] {
  const names = all.filter((name) => !SIGNATURE.test(name));
  const called = names.filter((name) => {
    const { stem, extension } = splitExtension(name);
    return extension !== '' && !DATA.test(name) && (stem === 'model' || stem === folder || stem === model);
  });
  if (called.length > 0) return called;
  const others = names.filter((name) => !DATA.test(name));
  return others.length === 1 && names.length > 1 ? others : [];
}

function byFolder(files: Iterable<FileFact>): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const { id } of files) {
    const slash = id.lastIndexOf('/');
    const folder = id.slice(0, Math.max(0, slash));
    const names = folders.get(folder);
    if (names === undefined) folders.set(folder, [id.slice(slash + 1)]);
    else names.push(id.slice(slash + 1));
  }
  return folders;
}

function baseName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
