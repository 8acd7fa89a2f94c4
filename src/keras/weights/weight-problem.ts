import { FormatError } from '../../errors/format-error.ts';

/** The error for weights that are not those of the architecture. */
export function misfit(what: string): FormatError {
  return new FormatError(
    'ML_FORMAT_MALFORMED',
    `Keras model: ${what}: the weights do not fit the configuration; save the model again as a whole`,
  );
}
