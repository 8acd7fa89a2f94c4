import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type LoaderErrorCode = Extract<ErrorCode, `ML_LOADER_${string}`>;

/** A loader is wrong, missing, or failed. */
export class LoaderError extends MLServiceError {
  override readonly name: string = 'LoaderError';

  constructor(code: LoaderErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
