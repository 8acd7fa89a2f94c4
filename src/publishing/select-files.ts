import { ModelNotFoundError } from '../errors/model-not-found-error.ts';
import { parseRequest } from '../repository/version.ts';
import type { BackupFile, BackupManifest, BackupModel } from './backup-manifest.ts';

/** A part of a backup. */
export interface Selection {
  readonly files: readonly BackupFile[];
  readonly models: readonly BackupModel[];
}

/**
 * The files of some models, with the metadata that describes them.
 *
 * @param only `name` or `name@version`; everything where it is left out
 * @throws `ML_MODEL_NOT_FOUND` naming what the backup has
 */
export function selectFiles(manifest: BackupManifest, only: readonly string[] | undefined): Selection {
  if (only === undefined) return manifest;
  const models = new Set<BackupModel>();
  for (const wanted of only) {
    const found = manifest.models.filter((model) => isWanted(model, wanted));
    if (found.length === 0) {
      const known = manifest.models.map(({ name, version }) => `${name}@${version ?? '-'}`);
      throw new ModelNotFoundError(
        'ML_MODEL_NOT_FOUND',
        `backup ${manifest.id} has no model ${wanted}; it has ${known.slice(0, 20).join(', ') || 'none'}`,
        { details: { wanted, known } },
      );
    }
    for (const model of found) models.add(model);
  }
  const paths = new Set([...models].flatMap(({ files }) => files));
  return { models: [...models], files: manifest.files.filter(({ path }) => paths.has(path)) };
}

/** Whether `name@version` means a model: by its label, or by its version. */
export function isWanted(
  { name, label, version }: Pick<BackupModel, 'name' | 'label' | 'version'>,
  wanted: string,
): boolean {
  const at = wanted.lastIndexOf('@');
  if (at <= 0) return name === wanted;
  const asked = wanted.slice(at + 1);
  return name === wanted.slice(0, at) && (label === asked || parseRequest(asked)?.matches(version) === true);
}
