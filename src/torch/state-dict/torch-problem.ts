import { FormatError } from '../../errors/format-error.ts';

/** The file contradicts itself. `ML_FORMAT_MALFORMED`. */
export function badTorch(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `the PyTorch file is malformed: ${what}`);
}

/** The file ends in the middle. `ML_FORMAT_TRUNCATED`. */
export function cutTorch(what: string): FormatError {
  return new FormatError('ML_FORMAT_TRUNCATED', `the PyTorch file ends too early: ${what}; copy the file again`);
}

/** Valid, and not read here. `ML_FORMAT_UNSUPPORTED`. */
export function unsupportedTorch(what: string, details: Readonly<Record<string, unknown>> = {}): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', what, { details });
}
