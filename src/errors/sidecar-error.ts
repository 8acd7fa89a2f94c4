import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type SidecarErrorCode = Extract<ErrorCode, `ML_SIDECAR_${string}`>;

/** The Python sidecar could not do its work. */
export class SidecarError extends MLServiceError {
  override readonly name: string = 'SidecarError';

  constructor(code: SidecarErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
