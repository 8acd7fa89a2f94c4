import { FormatError } from '../../errors/format-error.ts';

/** The archive contradicts itself or the format. `ML_FORMAT_MALFORMED`. */
export function badExport(what: string): FormatError {
  return new FormatError('ML_FORMAT_MALFORMED', `the torch.export archive is malformed: ${what}`);
}

/** Valid, and not read here. `ML_FORMAT_UNSUPPORTED`. */
export function unsupportedExport(what: string, details: Readonly<Record<string, unknown>> = {}): FormatError {
  return new FormatError('ML_FORMAT_UNSUPPORTED', `torch.export archive: ${what}`, { details });
}
