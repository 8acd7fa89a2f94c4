import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type PredictionErrorCode = Extract<ErrorCode, `ML_PREDICT_${string}`>;

/** The engine failed while it computed. */
export class PredictionError extends MLServiceError {
  override readonly name: string = 'PredictionError';

  constructor(code: PredictionErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
