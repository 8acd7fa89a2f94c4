import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type AbortedErrorCode = Extract<ErrorCode, 'ML_ABORTED'>;

/** The caller's signal aborted. */
export class AbortedError extends MLServiceError {
  override readonly name: string = 'AbortedError';

  constructor(code: AbortedErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
