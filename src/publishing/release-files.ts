import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { PublishError } from '../errors/publish-error.ts';
import { buildIndex } from '../repository/build-index.ts';
import { containedPath } from '../repository/contained-path.ts';
import { resolveLinks } from '../repository/read-file.ts';
import type { FileFact } from '../repository/scan-tree.ts';
import type { ModelArea, ModelRecord } from '../spec/model-repository.ts';
import type { Judged } from './judge-file.ts';
import { extensionOf, type ReleaseName } from './release-name.ts';

/** One file of a model on its way into the models directory. */
export interface ReleaseFile {
  /** Where it goes to, relative to the models directory. */
  readonly id: string;
  /** Where it lies now, links resolved. */
  readonly source: string;
  /** As judged; lower-case hex. */
  readonly sha256: string;
  readonly size: number;
}

/** A model as it will lie in the models directory. */
export interface ReleaseFiles {
  /** What the repository will call it, and `file_path` in the metadata. */
  readonly id: string;
  readonly kind: ModelRecord['kind'];
  /** The file, or the folder that holds all of its files. */
  readonly place: string;
  readonly files: readonly ReleaseFile[];
  /** `sha256:...` of the file, or of the folder as the library counts it. */
  readonly checksum: string;
  /** Bytes that `checksum` speaks of. */
  readonly size: number;
  /** Checksums of the other files by id. */
  readonly companions: Readonly<Record<string, string>>;
}

/**
 * Gives every file of a judged model its place: a single file `{stem}.{extension}`, several files a folder `{stem}`.
 *
 * @throws `ML_PUBLISH_REFUSED` where a reader of the directory would not find exactly this one model
 */
export async function releaseFiles(
  path: string,
  { judged, area, name }: { readonly judged: Judged; readonly area: ModelArea; readonly name: ReleaseName },
): Promise<ReleaseFiles> {
  const { kind, files: digests, extension } = judged;
  const single = kind === 'file' && digests.size === 1;
  const suffix = kind === 'directory' ? '' : extensionOf(path, extension);
  const place = `${area}/${name.stem}${single ? suffix : ''}`;
  const main = basename(path);
  const files: ReleaseFile[] = [];
  for (const [file, sha256] of digests) {
    const isMain = kind === 'file' && file === main;
    const source = await sourceOf(path, kind, isMain ? undefined : file);
    const id = single ? place : `${place}/${isMain ? `model${suffix}` : file}`;
    files.push({ id, source, sha256, size: (await stat(source)).size });
  }
  const record = asSeen(path, files, place);
  const { id } = record;
  const own = record.kind === 'directory' ? undefined : files.find((file) => file.id === id);
  const others = files.filter((file) => file !== own);
  return {
    id,
    kind: record.kind,
    place,
    files,
    checksum: `sha256:${own?.sha256 ?? folderDigest(place, files)}`,
    size: own?.size ?? files.reduce((sum, file) => sum + file.size, 0),
    companions: Object.fromEntries(others.map((file) => [file.id, `sha256:${file.sha256}`])),
  };
}

/** The digest of a folder as `openArtefact` counts it: every path with the digest of its file. */
export function folderDigest(
  folder: string,
  files: readonly { readonly id: string; readonly sha256: string }[],
): string {
  const hash = createHash('sha256');
  const inside = files.map(({ id, sha256 }) => ({ entry: id.slice(folder.length + 1), sha256 }));
  inside.sort((a, b) => (a.entry < b.entry ? -1 : 1));
  for (const { entry, sha256 } of inside) hash.update(`${entry}\0${sha256}\n`);
  return hash.digest('hex');
}

/** The model's own path, or that of a file that it refers to, links resolved. */
async function sourceOf(path: string, kind: Judged['kind'], file: string | undefined): Promise<string> {
  const real = await resolveLinks(resolve(path));
  if (file === undefined) return real;
  if (kind === 'directory') return containedPath([real], file);
  return containedPath([...new Set([await resolveLinks(dirname(resolve(path))), dirname(real)])], file);
}

/** The one model that readers of the directory make of these files. */
function asSeen(path: string, files: readonly ReleaseFile[], place: string): ModelRecord {
  const facts = new Map<string, FileFact>(files.map(({ id, size }) => [id, { id, size, modifiedMs: 0 }]));
  const { records } = buildIndex({ files: facts, documents: [], problems: [], pattern: undefined });
  const [record] = records;
  if (records.length === 1 && record !== undefined) return record;
  const found = records.map(({ id }) => id);
  throw new PublishError(
    'ML_PUBLISH_REFUSED',
    `the files of ${path} do not make one model below ${place}: readers would find ${found.length === 0 ? 'none' : found.join(', ')}; give the model's own file an extension of its format, and its other files names such as weights.bin`,
    { details: { path, files: [...facts.keys()], found } },
  );
}
