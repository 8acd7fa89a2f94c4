import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type PublishErrorCode = Extract<ErrorCode, `ML_PUBLISH_${string}`>;

/** A models directory could not be changed. */
export class PublishError extends MLServiceError {
  override readonly name: string = 'PublishError';

  constructor(code: PublishErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
