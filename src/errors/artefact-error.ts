import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type ArtefactErrorCode = Extract<ErrorCode, `ML_ARTEFACT_${string}`>;

/** A model file cannot be read, or is none. */
export class ArtefactError extends MLServiceError {
  override readonly name: string = 'ArtefactError';

  constructor(code: ArtefactErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
