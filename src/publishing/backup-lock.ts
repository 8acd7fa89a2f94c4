import { BackupError } from '../errors/backup-error.ts';
import { SidecarError } from '../errors/sidecar-error.ts';
import { withProcessLock } from '../sidecar/process-lock.ts';

/** Longer than it takes until a lock counts as left behind whose holder cannot be asked. */
const TIMEOUT_MS = 120_000;

/**
 * Writes to a backup as the only process that does.
 *
 * @throws `ML_BACKUP_FAILED` where another one writes to it for long
 */
export async function withBackupLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await withProcessLock(path, { signal, timeoutMs: TIMEOUT_MS, onWait: () => undefined }, work);
  } catch (error) {
    if (!(error instanceof SidecarError) || error.code !== 'ML_SIDECAR_TIMEOUT') throw error;
    throw new BackupError('ML_BACKUP_FAILED', `another process writes to this backup: ${error.message}`, {
      details: error.details,
      cause: error,
    });
  }
}
