import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type AccessErrorCode = Extract<ErrorCode, `ML_ACCESS_${string}`>;

/** The caller may not do this. */
export class AccessError extends MLServiceError {
  override readonly name: string = 'AccessError';

  constructor(code: AccessErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
