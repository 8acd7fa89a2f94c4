import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type ContractErrorCode = Extract<ErrorCode, `ML_CONTRACT_${string}`>;

/** There is no usable contract for the rows of a model. */
export class ContractError extends MLServiceError {
  override readonly name: string = 'ContractError';

  constructor(code: ContractErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
