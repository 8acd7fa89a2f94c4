import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type WorkerErrorCode = Extract<ErrorCode, `ML_WORKER_${string}`>;

/** The thread or process of a model failed. */
export class WorkerError extends MLServiceError {
  override readonly name: string = 'WorkerError';

  constructor(code: WorkerErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
