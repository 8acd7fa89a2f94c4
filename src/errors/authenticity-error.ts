import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type AuthenticityErrorCode = Extract<ErrorCode, `ML_LOCK_${string}` | `ML_SIGNATURE_${string}`>;

/** It is not proved that the model is the publisher's. */
export class AuthenticityError extends MLServiceError {
  override readonly name: string = 'AuthenticityError';

  constructor(code: AuthenticityErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
