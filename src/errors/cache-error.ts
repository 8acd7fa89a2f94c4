import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type CacheErrorCode = Extract<ErrorCode, `ML_CACHE_${string}`>;

/** A model does not fit into the memory budget. */
export class CacheError extends MLServiceError {
  override readonly name: string = 'CacheError';

  constructor(code: CacheErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
