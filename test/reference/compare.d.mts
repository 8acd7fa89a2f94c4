/** Turns back what encode.py wrote. */
export function decode(value: unknown): unknown;
/** What a model gave as nested arrays. */
export function plain(value: unknown): unknown;
/** The first difference as text, or `undefined`. */
export function difference(got: unknown, want: unknown, rtol: number, path?: string): string | undefined;
