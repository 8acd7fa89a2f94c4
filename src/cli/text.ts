/** Text from files, for a terminal: control and invisible characters are written out as `\u{..}`. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `23416` as `23.4 KB` (1 KB is 1,000 bytes). */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `20240131` as `2024-01-31`. */
export function humanDate(date: string | undefined): string {
  return date === undefined ? '-' : `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
}

/** `3 models`, `1 model`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * What `JSON.stringify` cannot hold as it is: big integers become numbers where exact, else strings; numbers that are
 * not finite become `"NaN"`, `"Infinity"`, `"-Infinity"`.
 */
export function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
