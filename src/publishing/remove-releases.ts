import { versionOf } from '../repository/version.ts';
import type { Limits } from '../spec/limits.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { ModelRecord } from '../spec/model-repository.ts';
import { chunkOf, type ModelsChange, pathInside } from './change-models.ts';
import { exists } from '../internal/durable.ts';
import {
  describes,
  filesOfModel,
  type MetadataFile,
  metadataFiles,
  ownFolder,
  trainingScriptOf,
} from './metadata-documents.ts';
import type { ModelsDirectory } from './read-models-directory.ts';
import type { Release } from './releases.ts';

/** What removing some releases does. */
export interface Removal {
  readonly removed: readonly string[];
  readonly rewritten: readonly string[];
  readonly bytes: number;
}

/**
 * Removes releases with everything that belongs to them alone: files, training scripts, metadata files. An entry of a
 * metadata file that describes other models too is taken out of it.
 *
 * @param change where the steps go to; without one, nothing is done
 */
export async function removeReleases(
  change: ModelsChange | undefined,
  {
    directory,
    releases,
    limits,
  }: { readonly directory: ModelsDirectory; readonly releases: readonly Release[]; readonly limits: Limits },
): Promise<Removal> {
  const { root, files, index } = directory;
  const ids = [...files.keys()];
  const going = new Set(releases.flatMap(({ records }) => records));
  const staying = index.records.filter((record) => !going.has(record));
  const needed = new Set(staying.flatMap((record) => filesOfModel(record, ids)));
  const documents = metadataFiles(root, ids, limits.maxMetadataBytes).map((document) => ({
    document,
    left: document.models.map((model) => !isOver(model, going, staying)),
  }));
  // Folders go as a whole, where nothing that stays is in them.
  const units = new Set<string>();
  for (const record of going) {
    const folders = [ownFolder(record), trainingFolder(record)].filter((folder) => folder !== undefined);
    for (const unit of [...filesOfModel(record, ids), ...folders]) {
      if (![...needed].some((id) => id === unit || id.startsWith(`${unit}/`))) units.add(unit);
    }
  }
  const rewritten: string[] = [];
  for (const { document, left } of documents) {
    if (left.every(Boolean)) continue;
    if (left.some(Boolean)) rewritten.push(document.id);
    else units.add(document.id);
  }
  const roots = [...units].filter((unit) => ![...units].some((other) => unit.startsWith(`${other}/`)));
  const removed = ids.filter((id) => roots.some((unit) => id === unit || id.startsWith(`${unit}/`)));
  if (change !== undefined) {
    // Metadata first: readers of other kinds, who do not look into the journal, then find no model that is half there.
    const order = roots.sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')));
    for (const id of order) {
      if (!(await exists(await pathInside(root, id)))) continue;
      await change.remove(id);
    }
    for (const { document, left } of documents) {
      if (rewritten.includes(document.id)) await change.put(document.id, chunkOf(without(document, left)), true);
    }
    for (const { id } of going) change.hide(id);
  }
  const bytes = removed.reduce((sum, id) => sum + (files.get(id)?.size ?? 0), 0);
  return { removed: removed.sort(), rewritten, bytes };
}

/** Whether an entry speaks of nothing that stays. */
function isOver(model: ModelMetadata, going: ReadonlySet<ModelRecord>, staying: readonly ModelRecord[]): boolean {
  if (![...going].some((record) => describes(model, record))) return false;
  if (model.file_path !== undefined) return !staying.some((record) => describes(model, record));
  // Without a path it may mean every file of its version.
  const version = versionOf(model.version);
  return !staying.some((record) => record.name === model.name && record.version === version);
}

/** The folder that publishing made for the training script of a model. */
function trainingFolder(record: ModelRecord): string | undefined {
  return /^training\/[^/]+(?=\/)/.exec(trainingScriptOf(record) ?? '')?.[0];
}

function without({ text }: MetadataFile, left: readonly boolean[]): string {
  const entries = JSON.parse(text.replace(/^\u{feff}/u, '')) as unknown[];
  return `${JSON.stringify(
    entries.filter((_entry, i) => left[i]),
    undefined,
    2,
  )}\n`;
}
