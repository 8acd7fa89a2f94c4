import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type ModelNotFoundErrorCode = Extract<
  ErrorCode,
  'ML_MODEL_NOT_FOUND' | 'ML_MODEL_VERSION_NOT_FOUND' | 'ML_MODEL_VERSION_INVALID' | 'ML_MODEL_AMBIGUOUS'
>;

/** No file satisfies the name and version asked for. */
export class ModelNotFoundError extends MLServiceError {
  override readonly name: string = 'ModelNotFoundError';

  constructor(code: ModelNotFoundErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
