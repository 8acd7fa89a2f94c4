import { basename } from 'node:path';
import semverInc from 'semver/functions/inc.js';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { type ParsedFileName, parseFileName, splitExtension } from '../repository/file-name.ts';
import { compareVersions, isPreRelease, versionOf } from '../repository/version.ts';
import type { ModelRecord } from '../spec/model-repository.ts';

/** Which version follows the highest one. */
export type VersionStep = 'major' | 'minor' | 'patch';

/** What a model is called. */
export interface ReleaseName {
  readonly name: string;
  /** As in the file name: `v1.2.0`. */
  readonly label: string;
  /** In full: `1.2.0`. */
  readonly version: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  /** `{name}_{label}_{date}`. */
  readonly stem: string;
  /** Whether nobody said which version it is. */
  readonly automatic: boolean;
}

/** What the caller says of it; the rest comes from the file name and from what is there. */
export interface WantedName {
  readonly name?: string | undefined;
  /** A label, a version, or what is to follow the highest one. Default: as the file name, else `minor`. */
  readonly version?: string | undefined;
  /** `YYYYMMDD` or ISO 8601. Default: as the file name, else today (UTC). */
  readonly date?: string | undefined;
}

const STEPS: ReadonlySet<string> = new Set<VersionStep>(['major', 'minor', 'patch']);
const FIRST = '1.0.0';
/** What every file system takes, and no shell or URL minds. */
const SAFE = /^[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?$/;

/**
 * Decides name, version and date.
 *
 * @param records what is there in the area
 * @throws `ML_OPTIONS_INVALID` for what cannot be read back from a file name
 */
export function releaseName(path: string, wanted: WantedName, records: readonly ModelRecord[]): ReleaseName {
  const parsed = parseFileName(basename(path));
  const name = wanted.name ?? parsed?.name ?? '';
  const said = wanted.version ?? parsed?.label;
  const label = labelOf(name, said ?? 'minor', records);
  const date = dateOf(wanted.date) ?? parsed?.date ?? today();
  const stem = `${name}_${label}_${date}`;
  const version = versionOf(label);
  if (version === undefined || !SAFE.test(stem) || !readsBack(parseFileName(`${stem}.x`), { name, label, date })) {
    throw new ConfigurationError(
      'ML_OPTIONS_INVALID',
      `a model cannot be called "${name}" in version "${label}" of ${date}: names have letters, digits, "_", "-", "+" and ".", versions are v1, v1.2 or 1.2.3`,
      { details: { name, label, date } },
    );
  }
  return { name, label, version, date, stem, automatic: said === undefined };
}

/** Records of a model, by the name in its file or in its metadata. */
export function recordsOf(records: readonly ModelRecord[], name: string): ModelRecord[] {
  return records.filter((record) => record.name === name || record.metadata?.name === name);
}

/** The extension of a model's file as it is published: with that of a compression, and the one before it. */
export function extensionOf(path: string, fallback: string | undefined): string {
  const { stem, extension } = splitExtension(basename(path));
  const inner = extension === '' ? '' : splitExtension(stem).extension;
  const isCompressed = parseFileName(`${stem}.${extension}`)?.name !== parseFileName(`${stem}.x`)?.name;
  if (isCompressed && inner !== '') return `.${inner}.${extension}`;
  return extension === '' ? (fallback === undefined ? '' : `.${fallback}`) : `.${extension}`;
}

function labelOf(name: string, asked: string, records: readonly ModelRecord[]): string {
  if (!STEPS.has(asked)) return /^v/i.test(asked) ? asked : `v${asked}`;
  const releases = recordsOf(records, name)
    .map(({ version }) => version)
    .filter((version): version is string => version !== undefined && !isPreRelease(version))
    .sort(compareVersions);
  const highest = releases.at(-1);
  return `v${highest === undefined ? FIRST : semverInc(highest, asked as VersionStep)}`;
}

function dateOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text.slice(0, 10).replaceAll('-', '');
}

function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

function readsBack(
  parsed: ParsedFileName | undefined,
  { name, label, date }: Pick<ReleaseName, 'name' | 'label' | 'date'>,
): boolean {
  return parsed?.name === name && parsed.label === label && parsed.date === date;
}
