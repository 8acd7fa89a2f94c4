import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type RouteErrorCode = Extract<ErrorCode, `ML_ROUTE_${string}`>;

/** A route cannot be set, or what was asked of it does not exist. */
export class RouteError extends MLServiceError {
  override readonly name: string = 'RouteError';

  constructor(code: RouteErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
