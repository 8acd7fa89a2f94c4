import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type ProtocolErrorCode = Extract<ErrorCode, `ML_PROTOCOL_${string}`>;

/** A message of the Open Inference Protocol, sent or received, cannot be read or expressed. */
export class ProtocolError extends MLServiceError {
  override readonly name: string = 'ProtocolError';

  constructor(code: ProtocolErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
