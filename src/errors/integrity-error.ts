import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type IntegrityErrorCode = Extract<ErrorCode, `ML_CHECKSUM_${string}` | `ML_SIZE_${string}`>;

/** The bytes are not those that were expected. */
export class IntegrityError extends MLServiceError {
  override readonly name: string = 'IntegrityError';

  constructor(code: IntegrityErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
