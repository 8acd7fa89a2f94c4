import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type LoadErrorCode = Extract<ErrorCode, `ML_LOAD_${string}`>;

/** A model could not be loaded now. */
export class LoadError extends MLServiceError {
  override readonly name: string = 'LoadError';

  constructor(code: LoadErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
