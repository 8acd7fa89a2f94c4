import type { Backup, BackupOptions } from './backup-models.ts';
import type { Pruned, PruneOptions } from './prune-models.ts';
import type { PublishedModel, PublishOptions } from './publish-model.ts';
import type { Recovered, RecoverOptions } from './recover-models.ts';
import type { Restored, RestoreOptions } from './restore-models.ts';

// Who only serves models does not pay for the code that changes their directory.

/**
 * Puts a model file, or a folder, into a models directory: judges and loads it, fills in name, version, date, size,
 * checksum and what the file tells of itself, and writes file and metadata so that readers see both or none of them.
 *
 * @param file path of a file or folder; files that it refers to are found beside it
 * @throws `ML_PUBLISH_REFUSED`, `ML_PUBLISH_EXISTS`, `ML_PUBLISH_LOCKED`, `ML_PUBLISH_FAILED`; `ML_ARTEFACT_*`,
 * `ML_FORMAT_*`, `ML_METADATA_INVALID`, `ML_OPTIONS_INVALID`
 */
export async function publishModel(file: string, options: PublishOptions = {}): Promise<PublishedModel> {
  const { publishModel: publish } = await import('./publish-model.ts');
  return publish(file, options);
}

/**
 * Copies everything in a models directory into a backup, comparing every model with its checksum on the way. The backup
 * shows the directory as it was at one moment between two changes, whatever is published meanwhile.
 *
 * @throws `ML_BACKUP_REFUSED` with everything that is not as its metadata says; `ML_BACKUP_FAILED`;
 * `ML_ARTEFACT_CHANGED` where files are changed without end; `ML_OPTIONS_INVALID`
 */
export async function backupModels(options: BackupOptions): Promise<Backup> {
  const { backupModels: backup } = await import('./backup-models.ts');
  return backup(options);
}

/**
 * Puts the files of a backup back. The whole backup is read and compared with its digests before anything is put into
 * place; then all of it comes into force at once, or nothing.
 *
 * @throws `ML_BACKUP_MALFORMED`, `ML_BACKUP_CONFLICT`, `ML_BACKUP_FAILED`; `ML_PUBLISH_LOCKED`, `ML_PUBLISH_FAILED`;
 * `ML_ARTEFACT_ESCAPES`
 */
export async function restoreModels(options: RestoreOptions): Promise<Restored> {
  const { restoreModels: restore } = await import('./restore-models.ts');
  return restore(options);
}

/**
 * Removes old releases. Never the newest of a model, nor what an alias, an option or the environment names. Metadata and
 * files go at once: readers see a release whole or not at all.
 *
 * @throws `ML_OPTIONS_INVALID`, `ML_PUBLISH_LOCKED`, `ML_PUBLISH_FAILED`
 */
export async function pruneModels(options: PruneOptions): Promise<Pruned> {
  const { pruneModels: prune } = await import('./prune-models.ts');
  return prune(options);
}

/**
 * Undoes a change of the models directory whose process was killed, and removes its temporary files. `publishModel`,
 * `restoreModels` and `pruneModels` do so themselves before they begin.
 *
 * @throws `ML_PUBLISH_LOCKED`, `ML_PUBLISH_FAILED`, `ML_ARTEFACT_MISSING`
 */
export async function recoverModels(options: RecoverOptions = {}): Promise<Recovered> {
  const { recoverModels: recover } = await import('./recover-models.ts');
  return recover(options);
}
