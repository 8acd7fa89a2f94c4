import { FormatError } from '../../errors/format-error.ts';

/** The archive contradicts itself, or holds bytes that belong to nothing. `ML_FORMAT_MALFORMED`. */
export function malformedZip(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_MALFORMED', `the zip archive is damaged: ${what}`, offset);
}

/** The archive ends in the middle. `ML_FORMAT_TRUNCATED`. */
export function truncatedZip(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_TRUNCATED', `the zip archive is cut off: ${what}; copy the file again`, offset);
}

/** An archive that could make an extractor leave its folder. `ML_FORMAT_UNSAFE`. */
export function unsafeZip(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_UNSAFE', `the zip archive is not safe: ${what}`, offset);
}

/** A valid archive that needs something that is not read. `ML_FORMAT_UNSUPPORTED`. */
export function unsupportedZip(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_UNSUPPORTED', `the zip archive cannot be read: ${what}`, offset);
}

/** More than the named limit allows. `ML_FORMAT_LIMIT`. */
export function zipOverLimit(limit: string, value: number, what: string): FormatError {
  return new FormatError(
    'ML_FORMAT_LIMIT',
    `the zip archive ${what}, the limit is ${value} (${limit}); raise it if you trust the file`,
    { details: { limit, value } },
  );
}

function problem(
  code: 'ML_FORMAT_MALFORMED' | 'ML_FORMAT_TRUNCATED' | 'ML_FORMAT_UNSAFE' | 'ML_FORMAT_UNSUPPORTED',
  message: string,
  offset: number | undefined,
): FormatError {
  return new FormatError(code, `${message}${offset === undefined ? '' : ` (byte ${offset})`}`, {
    details: offset === undefined ? {} : { offset },
  });
}
