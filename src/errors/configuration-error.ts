import type { ErrorCode } from './error-code.ts';
import { type ErrorFields, MLServiceError } from './ml-service-error.ts';

export type ConfigurationErrorCode = Extract<
  ErrorCode,
  `ML_OPTIONS_${string}` | `ML_ENV_${string}` | `ML_SERVICE_${string}`
>;

/** An option, an environment variable or a service class is wrong. */
export class ConfigurationError extends MLServiceError {
  override readonly name: string = 'ConfigurationError';

  constructor(code: ConfigurationErrorCode, message: string, fields: ErrorFields = {}) {
    super(code, message, fields);
  }
}
