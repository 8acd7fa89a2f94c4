import { compareVersions, isPreRelease } from '../repository/version.ts';
import type { ModelArea, ModelRecord } from '../spec/model-repository.ts';

/** One version of one date, in all of its formats: what is kept or removed as a whole. */
export interface Release {
  readonly area: ModelArea;
  readonly name: string;
  readonly label: string | undefined;
  readonly version: string | undefined;
  /** `YYYYMMDD`. */
  readonly date: string | undefined;
  readonly records: readonly ModelRecord[];
}

/** The releases of every model of an area, by name, newest first. */
export function releasesOf(records: readonly ModelRecord[], area: ModelArea): Map<string, Release[]> {
  const releases = new Map<string, Release & { records: ModelRecord[] }>();
  for (const record of records) {
    if (record.area !== area) continue;
    const { label, version, date } = record;
    const name = record.metadata?.name ?? record.name;
    const key = JSON.stringify([name, version ?? label, date]);
    const known = releases.get(key);
    if (known === undefined) releases.set(key, { area, name, label, version, date, records: [record] });
    else known.records.push(record);
  }
  const byName = new Map<string, Release[]>();
  for (const release of releases.values()) byName.set(release.name, [...(byName.get(release.name) ?? []), release]);
  for (const list of byName.values()) list.sort(newestFirst);
  return byName;
}

/** The newest of all, and the newest that is no pre-release: what `latest` stands for. */
export function newestOf(releases: readonly Release[]): ReadonlySet<Release> {
  const final = releases.find(({ version }) => !isPreRelease(version));
  return new Set([...releases.slice(0, 1), ...(final === undefined ? [] : [final])]);
}

/** When a release was made: by its name, else by its metadata, else by its files. Milliseconds. */
export function timeOf({ date, records }: Release): number {
  if (date !== undefined)
    return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
  const times = records.map(({ metadata, modifiedMs }) => {
    const created = Date.parse(metadata?.created_at ?? '');
    return Number.isNaN(created) ? modifiedMs : created;
  });
  return Math.max(...times);
}

function newestFirst(a: Release, b: Release): number {
  return compareVersions(b.version, a.version) || ((b.date ?? '') < (a.date ?? '') ? -1 : 1);
}
