import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type QuantizeErrorCode = Extract<ErrorCode, `ML_QUANTIZE_${string}`>;

/** A model was not made smaller. */
export class QuantizeError extends MLServiceError {
  override readonly name: string = 'QuantizeError';

  constructor(code: QuantizeErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
