import { ModelNotFoundError } from '../errors/model-not-found-error.ts';
import type { ModelArea, ModelRecord, RepositoryIndex } from '../spec/model-repository.ts';
import type { Candidate, Explanation } from '../spec/resolution.ts';
import { nearest } from './edit-distance.ts';
import { compareVersions, isPreRelease, parseRequest, type VersionRequest } from './version.ts';

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
  const named = inArea.filter((record) => record.name === request.name);
  const alias = index.aliases[request.name]?.[request.version];
  const via = [...(request.via ?? []), ...(alias === undefined ? [] : [`alias "${request.version}" means "${alias}"`])];
  const wanted = parseRequest(alias ?? request.version);
  const known = [...new Set(inArea.map((record) => record.name))].sort();
  const common = { name: request.name, requested: request.version, via, location: options.location };
  const ranked = named.toSorted((a, b) => byPreference(a, b, options));
  if (wanted === undefined) {
    const candidates = ranked.map((record) => not(record, `"${request.version}" is no version, range or alias`));
    return { ...common, chosen: undefined, candidates, knownNames: nearestFirst(request.name, known) };
  }
  const exact =
    wanted.label === undefined
      ? []
      : ranked.filter((r) => r.label === wanted.label && options.readableFormats(r.extension));
  const eligible =
    exact.length > 0 ? exact : ranked.filter((r) => matches(r, wanted) && options.readableFormats(r.extension));
  const chosen = eligible[0];
  const candidates = ranked.map((record) => judge(record, { chosen, wanted, exact, options, request }));
  return { ...common, chosen, candidates, knownNames: named.length > 0 ? [] : nearestFirst(request.name, known) };
}

/**
 * @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`, `ML_MODEL_VERSION_INVALID`,
 * `ML_MODEL_AMBIGUOUS`, each listing every candidate and why it was not chosen
 */
export function requireChosen(explanation: Explanation): ModelRecord {
  const { name, requested, chosen, candidates, knownNames, location } = explanation;
  const details = {
    name,
    requested,
    via: explanation.via,
    location,
    knownNames,
    candidates: candidates.map(({ id, reason }) => ({ id, reason })),
  };
  const list = candidates.map(({ id, reason }) => `\n  ${id}: ${reason}`).join('');
  if (chosen !== undefined) {
    const twins = candidates.filter(
      ({ record }) => record !== undefined && record !== chosen && isTwin(record, chosen),
    );
    if (twins.length === 0) return chosen;
    throw new ModelNotFoundError(
      'ML_MODEL_AMBIGUOUS',
      `${name} ${requested}: ${[chosen.id, ...twins.map(({ id }) => id)].join(' and ')} have the same name, version, date and format; remove one, rename it, or name one as file_path in the metadata`,
      { details },
    );
  }
  if (candidates.length === 0) {
    const there =
      knownNames.length === 0 ? 'there are no models there' : `there are ${knownNames.slice(0, 10).join(', ')}`;
    throw new ModelNotFoundError('ML_MODEL_NOT_FOUND', `no model is named "${name}" in ${location}; ${there}`, {
      details,
    });
  }
  if (parseRequest(requested) === undefined && explanation.via.length === 0) {
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

function matches(record: ModelRecord, wanted: VersionRequest): boolean {
  return wanted.matches(record.version);
}

/** Best first: version, date, what the metadata names, preferred format, then the name so that the order is total. */
function byPreference(a: ModelRecord, b: ModelRecord, options: ResolveOptions): number {
  return (
    compareVersions(b.version, a.version) ||
    (b.date ?? '').localeCompare(a.date ?? '') ||
    Number(b.declared) - Number(a.declared) ||
    rank(a.extension, options) - rank(b.extension, options) ||
    (a.extension < b.extension ? -1 : Number(a.extension > b.extension)) ||
    (a.id < b.id ? -1 : 1)
  );
}

function rank(extension: string, { formatPreference }: ResolveOptions): number {
  const at = formatPreference.indexOf(extension);
  return at < 0 ? formatPreference.length : at;
}

/** Same name, version, date and format, neither preferred by the metadata, and not known to be the same bytes. */
function isTwin(a: ModelRecord, b: ModelRecord): boolean {
  const same = a.version === b.version && a.date === b.date && a.extension === b.extension && a.declared === b.declared;
  if (!same || a.label !== b.label) return false;
  const checksum = a.metadata?.checksum;
  return checksum === undefined || checksum !== b.metadata?.checksum || a.size !== b.size;
}

interface Judging {
  readonly chosen: ModelRecord | undefined;
  readonly wanted: VersionRequest;
  readonly exact: readonly ModelRecord[];
  readonly options: ResolveOptions;
  readonly request: ResolveRequest;
}

function judge(record: ModelRecord, { chosen, wanted, exact, options, request }: Judging): Candidate {
  if (record === chosen)
    return { id: record.id, record, chosen: true, reason: `chosen: ${whyChosen(record, exact, wanted)}` };
  if (!options.readableFormats(record.extension)) {
    return not(
      record,
      record.extension === ''
        ? 'no loader reads a directory or file without an extension like this'
        : `no loader reads .${record.extension}`,
    );
  }
  if (exact.length > 0 && !exact.includes(record))
    return not(record, `${chosen?.id} is labelled exactly "${wanted.label}"`);
  if (!exact.includes(record) && !matches(record, wanted)) {
    const version = record.version ?? 'no version';
    return not(
      record,
      isPreRelease(record.version)
        ? `${version} is a pre-release; ask for it by name`
        : `it has ${version}, asked for was ${request.version}`,
    );
  }
  return not(record, chosen === undefined ? 'nothing was chosen' : whyLess(record, chosen));
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
