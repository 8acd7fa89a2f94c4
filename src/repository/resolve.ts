import { ModelNotFoundError } from '../errors/model-not-found-error.ts';
import type { ModelArea, ModelRecord, RepositoryIndex } from '../spec/model-repository.ts';
import type { Candidate, Explanation } from '../spec/resolution.ts';
import { nearest } from './edit-distance.ts';
import { parseFileName } from './file-name.ts';
import { compareVersions, isPreRelease, parseRequest, type VersionRequest } from './version.ts';

/** Candidates that a message lists; `details` have them all. */
const MOST_LISTED = 20;

/** What is looked for. */
export interface ResolveRequest {
  readonly name: string;
  /** `latest`, a label, a version, a range or an alias. */
  readonly version: string;
  /** Default `trained`. */
  readonly area?: ModelArea;
  /** Where the request came from, where not from the caller alone. */
  readonly via?: readonly string[];
}

/** What the choice depends on besides the files. */
export interface ResolveOptions {
  /** Of the repository, for messages. */
  readonly location: string;
  readonly readableFormats: (extension: string) => boolean;
  /** Extensions, best first, where the metadata does not decide between formats of one model. */
  readonly formatPreference: readonly string[];
}

/**
 * Chooses the file for a name and version, with a reason for every candidate: version rule first,
 * then the newest date, then the file that the metadata names, then the preferred format.
 */
export function resolveModel(index: RepositoryIndex, request: ResolveRequest, options: ResolveOptions): Explanation {
  const area = request.area ?? 'trained';
  const inArea = index.records.filter((record) => record.area === area);
  const named = inArea.filter((record) => isNamed(record, request.name));
  const alias = own(own(index.aliases, request.name), request.version);
  const via = [...(request.via ?? []), ...(alias === undefined ? [] : [`alias "${request.version}" means "${alias}"`])];
  const wanted = parseRequest(alias ?? request.version);
  const ranked = named.toSorted((a, b) => byPreference(a, b, options));
  const nearMisses = nearMissesOf(index, request.name, area);
  const common = {
    name: request.name,
    requested: request.version,
    via,
    location: options.location,
    knownNames: named.length > 0 ? [] : nearestFirst(request.name, namesOf(inArea.length > 0 ? inArea : index.records)),
  };
  if (wanted === undefined) {
    const candidates = ranked.map((record) => not(record, `"${request.version}" is no version, range or alias`));
    return { ...common, chosen: undefined, ambiguous: [], candidates: [...candidates, ...nearMisses] };
  }
  const readable = ranked.filter((record) => options.readableFormats(record.extension));
  const exact = readable.filter((record) => wanted.label !== undefined && record.label === wanted.label);
  const eligible = exact.length > 0 ? exact : readable.filter((record) => wanted.matches(record.version));
  const best = eligible[0];
  const twins = best === undefined ? [] : eligible.filter((record) => record !== best && isTwin(record, best));
  const ambiguous = best === undefined || twins.length === 0 ? [] : [best, ...twins].map(({ id }) => id);
  const judging = { best, ambiguous, wanted, exact, options, request };
  const candidates = [...ranked.map((record) => judge(record, judging)), ...nearMisses];
  return { ...common, chosen: ambiguous.length > 0 ? undefined : best, ambiguous, candidates };
}

/**
 * @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`, `ML_MODEL_VERSION_INVALID`,
 * `ML_MODEL_AMBIGUOUS`, each listing every candidate and why it was not chosen
 */
export function requireChosen(explanation: Explanation): ModelRecord {
  const { name, requested, via, chosen, ambiguous = [], candidates, knownNames, location } = explanation;
  if (chosen !== undefined) return chosen;
  const details = {
    name,
    requested,
    via,
    location,
    knownNames,
    candidates: candidates.map(({ id, reason }) => ({ id, reason })),
  };
  const more = candidates.length - MOST_LISTED;
  const list = `${candidates
    .slice(0, MOST_LISTED)
    .map(({ id, reason }) => `\n  ${id}: ${reason}`)
    .join('')}${more > 0 ? `\n  and ${more} more` : ''}`;
  if (ambiguous.length > 0) {
    throw new ModelNotFoundError(
      'ML_MODEL_AMBIGUOUS',
      `${name} ${requested}: ${ambiguous.join(' and ')} have the same name, version, date and format; remove one, rename it, or name one as file_path in the metadata; candidates:${list}`,
      { details: { ...details, ambiguous } },
    );
  }
  if (knownNames.length > 0 || !candidates.some(({ record }) => record !== undefined)) {
    const there =
      knownNames.length === 0 ? 'there are no models there' : `there are ${knownNames.slice(0, 10).join(', ')}`;
    throw new ModelNotFoundError('ML_MODEL_NOT_FOUND', `no model is named "${name}" in ${location}; ${there}${list}`, {
      details,
    });
  }
  if (parseRequest(requested) === undefined && via.length === 0) {
    throw new ModelNotFoundError(
      'ML_MODEL_VERSION_INVALID',
      `"${requested}" is no version of ${name}: use latest, a label (v1), a version (1.2.3), a range (^1.2) or an alias; candidates:${list}`,
      { details },
    );
  }
  throw new ModelNotFoundError(
    'ML_MODEL_VERSION_NOT_FOUND',
    `${name} has no version ${requested} that can be read; candidates in ${location}:${list}`,
    { details },
  );
}

/** By the name in the file's own name, or by the one that its metadata gives. */
function isNamed(record: ModelRecord, name: string): boolean {
  return record.name === name || record.metadata?.name === name;
}

function namesOf(records: readonly ModelRecord[]): string[] {
  return [...new Set(records.flatMap(({ name, metadata }) => [name, metadata?.name ?? name]))].sort();
}

/** Models of that name in another area, and files that would have it if they could be used. */
function nearMissesOf(index: RepositoryIndex, name: string, area: ModelArea): Candidate[] {
  const elsewhere = index.records.filter((record) => record.area !== area && isNamed(record, name));
  const unusable = index.problems.filter(
    ({ id }) => !id.endsWith('.json') && parseFileName(id.slice(id.lastIndexOf('/') + 1))?.name === name,
  );
  return [
    ...elsewhere.map((record) => not(record, `it is in ${record.area}/, asked for was ${area}/`)),
    ...unusable.map(({ id, message }) => ({
      id,
      record: undefined,
      chosen: false,
      reason: `not chosen: ${message}`,
    })),
  ];
}

/** A property of the object's own: names come from callers and may be `constructor`. */
function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Best first: version, date, what the metadata names, preferred format, then the name so that the order is total. */
function byPreference(a: ModelRecord, b: ModelRecord, options: ResolveOptions): number {
  return (
    compareVersions(b.version, a.version) ||
    inOrder(b.date ?? '', a.date ?? '') ||
    Number(b.declared) - Number(a.declared) ||
    rank(a.extension, options) - rank(b.extension, options) ||
    inOrder(a.extension, b.extension) ||
    inOrder(a.id, b.id)
  );
}

/** By code unit: the first use of `localeCompare` in a process costs milliseconds. */
function inOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function rank(extension: string, { formatPreference }: ResolveOptions): number {
  const at = formatPreference.indexOf(extension);
  return at < 0 ? formatPreference.length : at;
}

/** Same version, date and format, neither preferred by the metadata, and not known to be the same bytes. */
function isTwin(a: ModelRecord, b: ModelRecord): boolean {
  const same =
    compareVersions(a.version, b.version) === 0 &&
    a.date === b.date &&
    a.extension === b.extension &&
    a.declared === b.declared;
  const checksum = a.metadata?.checksum;
  return same && (checksum === undefined || checksum !== b.metadata?.checksum || a.size !== b.size);
}

interface Judging {
  readonly best: ModelRecord | undefined;
  readonly ambiguous: readonly string[];
  readonly wanted: VersionRequest;
  readonly exact: readonly ModelRecord[];
  readonly options: ResolveOptions;
  readonly request: ResolveRequest;
}

function judge(record: ModelRecord, { best, ambiguous, wanted, exact, options, request }: Judging): Candidate {
  if (ambiguous.includes(record.id)) {
    const others = ambiguous.filter((id) => id !== record.id).join(', ');
    return not(record, `it has the same name, version, date and format as ${others}`);
  }
  if (record === best)
    return { id: record.id, record, chosen: true, reason: `chosen: ${whyChosen(record, exact, wanted)}` };
  if (!options.readableFormats(record.extension)) {
    return not(
      record,
      record.extension === ''
        ? 'no loader reads a file or folder without an extension'
        : `no loader reads .${record.extension}`,
    );
  }
  if (exact.length > 0 && !exact.includes(record))
    return not(record, `${exact[0]?.id} is labelled exactly "${wanted.label}"`);
  if (exact.length === 0 && !wanted.matches(record.version)) {
    const version = record.version ?? 'no version';
    return not(
      record,
      isPreRelease(record.version)
        ? `${version} is a pre-release; ask for it by name`
        : `it has ${version}, asked for was ${request.version}`,
    );
  }
  return not(record, best === undefined ? 'nothing was chosen' : whyLess(record, best));
}

function whyChosen(record: ModelRecord, exact: readonly ModelRecord[], wanted: VersionRequest): string {
  const version = record.version ?? 'no version';
  const label = exact.includes(record) ? `labelled "${record.label}"` : `${wanted.description} is ${version}`;
  return record.date === undefined ? label : `${label}, dated ${record.date}`;
}

function whyLess(record: ModelRecord, chosen: ModelRecord): string {
  if (compareVersions(record.version, chosen.version) !== 0)
    return `${record.version ?? 'no version'} is older than ${chosen.version}`;
  if (record.date !== chosen.date) return `${record.date ?? 'no date'} is older than ${chosen.date}`;
  if (record.declared !== chosen.declared) return `the metadata names ${chosen.id}`;
  if (record.extension !== chosen.extension) return `.${chosen.extension} is preferred to .${record.extension}`;
  return `it has the same name, version, date and format as ${chosen.id}`;
}

function not(record: ModelRecord, reason: string): Candidate {
  return { id: record.id, record, chosen: false, reason: `not chosen: ${reason}` };
}

function nearestFirst(name: string, known: readonly string[]): string[] {
  const near = nearest(name, known);
  return [...near, ...known.filter((candidate) => !near.includes(candidate))];
}
