import { FormatError, type FormatErrorCode } from '../../errors/format-error.ts';

function problem(code: FormatErrorCode, what: string, offset: number | undefined): FormatError {
  const where = offset === undefined ? '' : ` at offset ${offset}`;
  return new FormatError(code, `HDF5: ${what}${where}`, { details: offset === undefined ? {} : { offset } });
}

/** The file contradicts itself or the format. */
export function malformed(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_MALFORMED', what, offset);
}

/** Bytes are needed that the file does not have. */
export function truncated(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_TRUNCATED', what, offset);
}

/** Something that the format allows and this reader does not read. */
export function unsupported(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_UNSUPPORTED', what, offset);
}

/** Something that would make a reader open another file. */
export function unsafe(what: string, offset?: number): FormatError {
  return problem('ML_FORMAT_UNSAFE', what, offset);
}

/** A bound was passed. */
export function overLimit(what: string, limit: number): FormatError {
  return new FormatError('ML_FORMAT_LIMIT', `HDF5: ${what}`, { details: { limit } });
}

/** Runs `read`; an error of the file is given the path of the object that it was met in. */
export function inObject<T>(path: string, read: () => T): T {
  return within('path', { name: path, text: shown(path) }, read);
}

/** Runs `read`; an error of the file is given the name of the attribute that it was met in. */
export function inAttribute<T>(name: string, read: () => T): T {
  return within('attribute', { name, text: `attribute ${shown(name)}` }, read);
}

function within<T>(key: string, place: { readonly name: string; readonly text: string }, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormatError) || error.details[key] !== undefined) throw error;
    const message = error.message.replace(/^HDF5: /, () => `HDF5: ${place.text}: `);
    throw new FormatError(error.code as FormatErrorCode, message, {
      details: { ...error.details, [key]: place.name },
      cause: error.cause,
    });
  }
}

const MAX_SHOWN = 200;

/** A name or path for a message: quoted, and not longer than a message should be. */
export function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}...` : name);
}
