import { FormatError } from '../../errors/format-error.ts';

/** Where in the archive something is wrong. */
export interface CodePlace {
  /** Name of the file in the archive. */
  readonly file: string;
  readonly line: number;
}

/** An error about a place of the code. */
export function codeProblem(
  code: 'ML_FORMAT_MALFORMED' | 'ML_FORMAT_UNSUPPORTED' | 'ML_FORMAT_LIMIT',
  { file, line }: CodePlace,
  message: string,
): FormatError {
  return new FormatError(code, `${file}, line ${line}: ${message}`, { details: { file, line } });
}
