import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type LifecycleErrorCode = Extract<
  ErrorCode,
  'ML_REGISTRY_CLOSED' | 'ML_MODEL_NOT_LOADED' | 'ML_MODEL_DISPOSED' | 'ML_MODEL_UNLOAD_TIMEOUT'
>;

/** Something was used after its end, or could not end in time. */
export class LifecycleError extends MLServiceError {
  override readonly name: string = 'LifecycleError';

  constructor(code: LifecycleErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
