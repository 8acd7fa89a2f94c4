import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { BackupError } from '../errors/backup-error.ts';
import { isPlainRelative } from '../repository/contained-path.ts';
import { isTemporary } from '../repository/scan-tree.ts';
import type { ModelArea, ModelRecord } from '../spec/model-repository.ts';
import type { ModelMetadata } from '../spec/metadata.ts';

/** One file of a backup. */
export interface BackupFile {
  /** Relative to the models directory, POSIX separators. */
  readonly path: string;
  readonly size: number;
  /** Lower-case hex; names the content in the backup. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly modified: string;
}

/** One model of a backup. */
export interface BackupModel extends Pick<ModelRecord, 'id' | 'area' | 'name' | 'kind'> {
  readonly label?: string | undefined;
  readonly version?: string | undefined;
  readonly date?: string | undefined;
  /** Paths of the files that make it, and of the metadata files that describe it. */
  readonly files: readonly string[];
  /** Whether the metadata has a checksum that was compared. */
  readonly verified: boolean;
  readonly metadata?: ModelMetadata | undefined;
}

/** What a backup holds: written last, and only when everything else is there. */
export interface BackupManifest {
  readonly format: 'base-ml-service-backup';
  readonly formatVersion: 1;
  /** Name of the manifest's file, without its extension. */
  readonly id: string;
  /** ISO 8601. */
  readonly created: string;
  /** Sorted by path. */
  readonly files: readonly BackupFile[];
  readonly models: readonly BackupModel[];
}

/** Where contents and manifests lie, in a directory as in an archive. */
export const BLOBS = 'blobs/sha256';
export const MANIFESTS = 'manifests';

/** A manifest of 100,000 files has less. */
export const MAX_MANIFEST_BYTES: number = 256 * 2 ** 20;

/** Relative path of a content. */
export function blobPath(sha256: string): string {
  return `${BLOBS}/${sha256.slice(0, 2)}/${sha256}`;
}

/** The manifest as text, with its own digest. */
export function writeManifest(manifest: BackupManifest): string {
  return `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, undefined, 1)}\n`;
}

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const id = z.string().check(z.regex(/^[0-9TZ]{1,32}-[0-9a-f]{8}$/));
const path = z.string().check(z.refine(isRestorable, 'a relative path below the models directory'));
const areas: readonly ModelArea[] = ['trained', 'preprocessing', 'checkpoints'];
const optionalText = z.optional(z.string());
const schema = z.object({
  format: z.literal('base-ml-service-backup'),
  formatVersion: z.literal(1),
  id,
  created: z.string(),
  files: z.array(z.object({ path, size: z.int().check(z.nonnegative()), sha256, modified: z.string() })),
  models: z.array(
    z.object({
      id: path,
      area: z.enum(areas),
      name: z.string(),
      label: optionalText,
      version: optionalText,
      date: optionalText,
      kind: z.enum(['file', 'directory']),
      files: z.array(path),
      verified: z.boolean(),
      metadata: z.optional(z.looseObject({ name: z.string(), version: z.string() })),
    }),
  ),
  digest: z.string(),
});

/**
 * Reads a manifest and makes sure that nothing in it leads out of a models directory.
 *
 * @param source its path, for messages
 * @throws `ML_BACKUP_MALFORMED`
 */
export function readManifest(text: string, source: string): BackupManifest {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw malformed(`${source} is no JSON: ${String(error)}`, { source }, error);
  }
  const checked = z.safeParse(schema, document);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw malformed(`${source} is no manifest of a backup: ${issue?.path.join('.')}: ${issue?.message}`, { source });
  }
  const { digest, ...stated } = document as BackupManifest & { readonly digest: string };
  if (digest !== digestOf(stated))
    throw malformed(`${source} was changed or is damaged: its digest does not agree`, { source });
  refuseClashes(checked.data.files, source);
  const { digest: _digest, ...manifest } = checked.data;
  return manifest as BackupManifest;
}

/** An error that says what is wrong with a backup. */
export function malformed(message: string, details: Readonly<Record<string, unknown>>, cause?: unknown): BackupError {
  return new BackupError('ML_BACKUP_MALFORMED', `${message}; nothing was restored`, {
    details,
    ...(cause !== undefined && { cause }),
  });
}

/** Whether a path is plain, and names nothing that readers leave out or that the library keeps for itself. */
function isRestorable(text: string): boolean {
  return isPlainRelative(text) && text.split('/').every((part) => part !== '' && !isTemporary(part));
}

/** One path twice, or a file that is a folder elsewhere. */
function refuseClashes(files: readonly BackupFile[], source: string): void {
  const seen = new Set<string>();
  for (const file of files) {
    if (seen.has(file.path)) throw malformed(`${source} names ${JSON.stringify(file.path)} twice`, { source });
    seen.add(file.path);
  }
  for (const file of files) {
    for (let slash = file.path.indexOf('/'); slash > 0; slash = file.path.indexOf('/', slash + 1)) {
      if (seen.has(file.path.slice(0, slash)))
        throw malformed(`${source} has ${JSON.stringify(file.path)} below a file`, { source });
    }
  }
}

function digestOf(manifest: BackupManifest): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(manifest)).digest('hex')}`;
}
