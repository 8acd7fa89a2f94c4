import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type EncryptionErrorCode = Extract<ErrorCode, `ML_ENCRYPTION_${string}`>;

/** An encrypted file cannot be opened. Keys are in none of its fields. */
export class EncryptionError extends MLServiceError {
  override readonly name: string = 'EncryptionError';

  constructor(code: EncryptionErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
