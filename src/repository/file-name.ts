/** What a file or directory name says. */
export interface ParsedFileName {
  readonly name: string;
  /** As written: `v1`, `v1.2.0`, `1.2.3-rc.1`. */
  readonly label: string | undefined;
  /** `YYYYMMDD`. */
  readonly date: string | undefined;
  /** Lower case, without the dot. */
  readonly extension: string;
}

const LABEL = /^(?:v\d+(?:\.\d+){0,2}|\d+\.\d+(?:\.\d+)?)(?:-[0-9A-Za-z][0-9A-Za-z.-]*)?(?:\+[0-9A-Za-z.-]+)?$/i;
/** Extensions that follow another one: `x.tar.gz`. */
const COMPRESSED: ReadonlySet<string> = new Set(['gz', 'bz2', 'xz', 'lzma', 'z', 'zst', 'lz4', 'zip']);
const EXTENSION = /^[A-Za-z][A-Za-z0-9]{0,15}$/;

/**
 * Reads `{model_name}_{version}_{date}.{extension}`; version and date are optional, the name may
 * hold underscores and digits. A number alone (`epoch_10`) is part of the name.
 *
 * @param pattern for the name without its extension, with the groups `name`, `version`, `date`
 * @returns `undefined` where the pattern does not match
 */
export function parseFileName(fileName: string, pattern?: RegExp): ParsedFileName | undefined {
  const { stem: outer, extension } = splitExtension(fileName);
  const stem = COMPRESSED.has(extension) ? splitExtension(outer).stem : outer;
  if (pattern !== undefined) return byPattern(stem, extension, pattern);
  const parts = stem.split('_');
  const date = parts.length > 1 && isDate(parts.at(-1) as string) ? parts.pop() : undefined;
  const label = parts.length > 1 && LABEL.test(parts.at(-1) as string) ? parts.pop() : undefined;
  const name = parts.join('_');
  return name === '' ? undefined : { name, label, date, extension };
}

/**
 * Splits off the last extension; a dot inside a version (`x_v1.2`) does not begin one. Of an encrypted file the extension
 * before `.enc` counts.
 */
export function splitExtension(fileName: string): { readonly stem: string; readonly extension: string } {
  const outer = splitLast(fileName);
  if (outer.extension !== 'enc') return outer;
  const inner = splitLast(outer.stem);
  return inner.extension === '' ? outer : inner;
}

function splitLast(fileName: string): { readonly stem: string; readonly extension: string } {
  const dot = fileName.lastIndexOf('.');
  const extension = fileName.slice(dot + 1);
  if (dot <= 0 || !EXTENSION.test(extension)) return { stem: fileName, extension: '' };
  return { stem: fileName.slice(0, dot), extension: extension.toLowerCase() };
}

function byPattern(stem: string, extension: string, pattern: RegExp): ParsedFileName | undefined {
  // A global or sticky pattern keeps a position between calls; a copy without these flags has none.
  const groups = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(stem)?.groups;
  const name = groups?.['name'];
  if (name === undefined || name === '') return undefined;
  const date = groups?.['date'];
  return {
    name,
    label: groups?.['version'] || undefined,
    date: date !== undefined && isDate(date) ? date : undefined,
    extension,
  };
}

/** Eight digits that are a day of the calendar. */
function isDate(text: string): boolean {
  if (!/^\d{8}$/.test(text)) return false;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6))];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
