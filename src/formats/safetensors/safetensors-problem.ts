import { FormatError } from '../../errors/format-error.ts';

/** A rule of the format is broken. `ML_FORMAT_MALFORMED`. */
export function badSafetensors(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `the safetensors file is malformed: ${what}`);
}

/** The file ends in the middle. `ML_FORMAT_TRUNCATED`. */
export function cutSafetensors(what: string): FormatError {
  return new FormatError('ML_FORMAT_TRUNCATED', `the safetensors file ends too early: ${what}; copy the file again`);
}
