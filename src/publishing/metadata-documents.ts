import { join } from 'node:path';
import { parseFileName, splitExtension } from '../repository/file-name.ts';
import { readMetadata } from '../repository/metadata-reader.ts';
import { readSmallFile } from '../repository/read-small-file.ts';
import { versionOf } from '../repository/version.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { ModelRecord } from '../spec/model-repository.ts';

/** A JSON file that describes models. */
export interface MetadataFile {
  readonly id: string;
  readonly text: string;
  /** In the order of the file. Nothing was rejected. */
  readonly models: readonly ModelMetadata[];
}

/** The metadata files among some files; those that cannot be read are left out. */
export function metadataFiles(root: string, ids: Iterable<string>, maxBytes: number): MetadataFile[] {
  const found: MetadataFile[] = [];
  for (const id of ids) {
    if (!id.endsWith('.json')) continue;
    try {
      const text = readSmallFile(join(root, id), maxBytes);
      const document = readMetadata(text, id);
      if (document.kind === 'models' && document.rejected.length === 0)
        found.push({ id, text, models: document.models });
    } catch {
      // Broken metadata is a problem that the repository reports.
    }
  }
  return found;
}

/** Whether an entry of a metadata file speaks of a record. */
export function describes(model: ModelMetadata, record: ModelRecord): boolean {
  const { file_path: path, files = {} } = model;
  if (path !== undefined) return path === record.id || record.id in files || stemOf(path) === stemOf(record.id);
  const named = model.name === record.name || model.name === record.metadata?.name;
  return named && versionOf(model.version) === record.version;
}

/** The files of a model among those that are there: its own, those it refers to, those in its folder. */
export function filesOfModel(record: ModelRecord, ids: readonly string[]): string[] {
  const { id, kind, metadata, name } = record;
  const folder = ownFolder({ id, kind, name });
  const listed = new Set([id, ...Object.keys(metadata?.files ?? {})]);
  return ids.filter((one) => listed.has(one) || (folder !== undefined && one.startsWith(`${folder}/`)));
}

/** The training script that a model's metadata names, as publishing writes it. */
export function trainingScriptOf({ metadata }: ModelRecord): string | undefined {
  const training = metadata?.extra['training'];
  if (typeof training !== 'object' || training === null) return undefined;
  const { script } = training as { readonly script?: unknown };
  return typeof script === 'string' ? script : undefined;
}

/** The folder that is a model as a whole, or that its file shares with no other model. */
export function ownFolder({ id, kind, name }: Pick<ModelRecord, 'id' | 'kind' | 'name'>): string | undefined {
  if (kind === 'directory') return id;
  const folder = id.slice(0, Math.max(0, id.lastIndexOf('/')));
  const parsed = parseFileName(folder.slice(folder.lastIndexOf('/') + 1));
  return folder.includes('/') && parsed?.label !== undefined && parsed.name === name ? folder : undefined;
}

function stemOf(id: string): string {
  return splitExtension(id).stem;
}
