import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type ModelMethodErrorCode = Extract<ErrorCode, 'ML_MODEL_METHOD_UNSUPPORTED' | 'ML_MODEL_PART_UNKNOWN'>;

/** The model has no such method or part. */
export class ModelMethodError extends MLServiceError {
  override readonly name: string = 'ModelMethodError';

  constructor(code: ModelMethodErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
