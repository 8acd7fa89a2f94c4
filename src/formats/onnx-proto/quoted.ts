const MAX_TEXT = 100;
const MAX_DIMS = 8;

/** A name from a file for a message: quoted, and not longer than a message should be. */
export function quoted(name: string | undefined): string {
  const text = name ?? '';
  return JSON.stringify(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text);
}

/** Dims for a message, e.g. `[2, 3]`. */
export function dimsText(dims: readonly (bigint | number)[]): string {
  return `[${dims.slice(0, MAX_DIMS).join(', ')}${dims.length > MAX_DIMS ? `, ... (${dims.length} in all)` : ''}]`;
}
