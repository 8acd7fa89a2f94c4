import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type BackupErrorCode = Extract<ErrorCode, `ML_BACKUP_${string}`>;

/** A backup could not be made or restored. */
export class BackupError extends MLServiceError {
  override readonly name: string = 'BackupError';

  constructor(code: BackupErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
