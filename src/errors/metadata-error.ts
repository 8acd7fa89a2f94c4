import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type MetadataErrorCode = Extract<ErrorCode, `ML_METADATA_${string}`>;

/** A metadata file cannot be used. */
export class MetadataError extends MLServiceError {
  override readonly name: string = 'MetadataError';

  constructor(code: MetadataErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
