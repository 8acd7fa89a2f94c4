import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type DeadlineErrorCode = Extract<ErrorCode, 'ML_DEADLINE_EXCEEDED'>;

/** A call's time was over. */
export class DeadlineError extends MLServiceError {
  override readonly name: string = 'DeadlineError';

  constructor(code: DeadlineErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
