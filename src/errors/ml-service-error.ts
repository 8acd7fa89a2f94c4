import type { ErrorCode } from './error-code.ts';
import { ERROR_CODES } from './error-codes.ts';

const BRAND = Symbol.for('base-ml-service.error');

/** What every error may carry besides its message. */
export interface ErrorFields {
  /** Facts for programs: the value, what was known, limits. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Base of every error that the library raises. `code` is stable and documented in `docs/errors.md`;
 * `retryable` says whether the same call may succeed later without a change.
 *
 * Recognised across two copies of the package: use `MLServiceError.isInstance(error)`.
 */
export class MLServiceError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
  override readonly name: string = 'MLServiceError';

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.details = fields.details ?? {};
    this.retryable = ERROR_CODES[code].retryable;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Whether a value is an error of this library, whichever copy of the package made it. */
  static isInstance(value: unknown): value is MLServiceError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
