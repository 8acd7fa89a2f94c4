import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type FormatErrorCode = Extract<ErrorCode, `ML_FORMAT_${string}`>;

/** What is in the file cannot be used. */
export class FormatError extends MLServiceError {
  override readonly name: string = 'FormatError';

  constructor(code: FormatErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
