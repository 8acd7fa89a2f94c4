import { FormatError } from '../errors/format-error.ts';

/** An error for what a CatBoost file has and should not have. */
export function modelError(
  code: 'ML_FORMAT_MALFORMED' | 'ML_FORMAT_TRUNCATED' | 'ML_FORMAT_UNSUPPORTED' | 'ML_FORMAT_LIMIT',
  what: string,
): FormatError {
  return new FormatError(code, `CatBoost model: ${what}`);
}
