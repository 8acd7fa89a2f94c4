import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type InputErrorCode = Extract<ErrorCode, `ML_INPUT_${string}`>;

/** The rows or tensors of a call do not fit the model. */
export class InputError extends MLServiceError {
  override readonly name: string = 'InputError';

  constructor(code: InputErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
