import { FormatError } from '../../errors/format-error.ts';

/** The compressed data contradict themselves. `ML_FORMAT_MALFORMED`. */
export function badData(format: string, what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `The ${format} data are damaged: ${what}. Copy the file again.`);
}

/** The compressed data end in the middle. `ML_FORMAT_TRUNCATED`. */
export function cutOff(format: string): FormatError {
  return new FormatError('ML_FORMAT_TRUNCATED', `The ${format} data end too early. Copy the file again.`);
}

/** A variant that is not read. `ML_FORMAT_UNSUPPORTED`. */
export function unsupportedVariant(format: string, what: string): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `The ${format} data cannot be read: ${what}.`);
}

/** The content is larger than allowed. `ML_FORMAT_LIMIT`. */
export function tooLarge(format: string, maximum: number): FormatError {
  return new FormatError(
    'ML_FORMAT_LIMIT',
    `The ${format} data expand to more than ${maximum} bytes, which is more than the limits allow.`,
    {
      details: { limit: 'maxDecompressedBytes', value: maximum },
    },
  );
}
