import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type OverloadErrorCode = Extract<ErrorCode, 'ML_OVERLOADED'>;

/** A call was refused because too much waits already. */
export class OverloadError extends MLServiceError {
  override readonly name: string = 'OverloadError';

  constructor(code: OverloadErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
