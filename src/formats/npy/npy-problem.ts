import { FormatError } from '../../errors/format-error.ts';

/** A numpy array, type or file that contradicts itself. `ML_FORMAT_MALFORMED`. */
export function badArray(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `A numpy array in the file is malformed: ${what}.`);
}

/** A numpy feature that has no counterpart here. `ML_FORMAT_UNSUPPORTED`. */
export function unsupportedArray(what: string): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `A numpy array in the file cannot be read: ${what}.`);
}
