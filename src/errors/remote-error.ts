import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type RemoteErrorCode = Extract<ErrorCode, `ML_REMOTE_${string}`>;

/** A model on a server did not answer as it should. */
export class RemoteError extends MLServiceError {
  override readonly name: string = 'RemoteError';
  declare readonly code: RemoteErrorCode;

  constructor(code: RemoteErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
