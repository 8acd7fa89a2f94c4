// The typed errors of the pickle reader, so that every message carries its byte offset.
import { FormatError } from '../../errors/format-error.ts';

type Details = Readonly<Record<string, unknown>>;

const at = (offset: number | undefined): string => (offset === undefined ? '' : ` (byte ${offset})`);

/** The stream breaks the rules of the format. `ML_FORMAT_MALFORMED`. */
export function malformed(what: string, offset?: number): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `The pickle is malformed: ${what}${at(offset)}.`, {
    details: { offset },
  });
}

/** The stream ends in the middle. `ML_FORMAT_TRUNCATED`. */
export function truncated(what: string, offset?: number): FormatError {
  return new FormatError(
    'ML_FORMAT_TRUNCATED',
    `The pickle ends too early: ${what}${at(offset)}. Copy the file again.`,
    {
      details: { offset },
    },
  );
}

/** Python would run code here. `ML_FORMAT_UNSAFE`. */
export function unsafe(what: string, offset: number, details: Details = {}): FormatError {
  return new FormatError(
    'ML_FORMAT_UNSAFE',
    `The pickle ${what}${at(offset)}. Nothing was run. Do not use the file; ask its author for another export.`,
    { details: { offset, ...details } },
  );
}

/** Valid, but not something that can be read here. `ML_FORMAT_UNSUPPORTED`. */
export function unsupported(what: string, offset?: number, details: Details = {}): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `The pickle ${what}${at(offset)}.`, {
    details: { offset, ...details },
  });
}

/** A limit is exceeded. `ML_FORMAT_LIMIT`. */
export function overLimit(limit: string, value: number, what: string, offset?: number): FormatError {
  return new FormatError(
    'ML_FORMAT_LIMIT',
    `The pickle has ${what}, more than ${limit} = ${value} allows${at(offset)}.`,
    {
      details: { limit, value, offset },
    },
  );
}
