import { ConfigurationError } from '../errors/configuration-error.ts';
import { resolveModel } from '../repository/resolve.ts';
import { modelEnvironment } from '../service/environment.ts';
import { configure, type RegistryConfig } from '../service/registry-config.ts';
import type { RegistryOptions } from '../service/registry-options.ts';
import type { ModelArea, RepositoryIndex } from '../spec/model-repository.ts';
import type { Authorize } from './authorize.ts';
import { changeError } from './change-error.ts';
import { changeModels, type ModelsChange } from './change-models.ts';
import { readModelsDirectory, type ModelsDirectory } from './read-models-directory.ts';
import { newestOf, type Release, releasesOf, timeOf } from './releases.ts';
import { removeReleases } from './remove-releases.ts';
import { isWanted } from './select-files.ts';

/** Options of `pruneModels`. */
export interface PruneOptions extends Pick<RegistryOptions, 'modelsDir' | 'aliases' | 'models' | 'limits' | 'env'> {
  /** How many releases of each model stay, counted from the newest: at least 1. */
  readonly keep: number;
  /** Releases of the last so many days stay besides. Default: none. */
  readonly keepDays?: number;
  /** Only models of this name. Default: all. */
  readonly name?: string;
  /** Default `trained`. */
  readonly area?: ModelArea;
  /** `name` or `name@version`: stay whatever else is said, e.g. what a service or a route names. Default: none. */
  readonly protect?: readonly string[];
  /** Whether to remove. Default `false`: only says what would go. */
  readonly apply?: boolean;
  /** Milliseconds to wait for another process that is changing the directory. Default 120,000. */
  readonly lockTimeoutMs?: number;
  readonly authorize?: Authorize;
  readonly signal?: AbortSignal;
}

/** What becomes of a release, and why. */
export interface PrunedRelease {
  readonly name: string;
  readonly version: string | undefined;
  readonly date: string | undefined;
  readonly ids: readonly string[];
  readonly bytes: number;
  readonly removed: boolean;
  /** One sentence. */
  readonly reason: string;
}

/** What was removed, or would be. */
export interface Pruned {
  /** Absolute. */
  readonly modelsDir: string;
  readonly releases: readonly PrunedRelease[];
  /** Files that went, or would go: of models, of their training, and metadata. */
  readonly removed: readonly string[];
  /** Metadata files that describe other models too: these lost entries. */
  readonly rewritten: readonly string[];
  readonly bytes: number;
  readonly dryRun: boolean;
}

const DAY_MS = 86_400_000;

/** See `pruneModels` in `lazy.ts`. */
export async function pruneModels(options: PruneOptions): Promise<Pruned> {
  const { modelsDir, aliases, models, limits, env } = options;
  const config = configure({
    ...(modelsDir !== undefined && { modelsDir }),
    ...(aliases !== undefined && { aliases }),
    ...(models !== undefined && { models }),
    ...(limits !== undefined && { limits }),
    ...(env !== undefined && { env }),
  });
  checkNumbers(options);
  const { signal = new AbortController().signal, apply = false, lockTimeoutMs } = options;
  if (!apply) {
    return prune(undefined, { options, config }).catch((error: unknown) => {
      throw changeError(error, config.modelsDir);
    });
  }
  return changeModels(config.modelsDir, { signal, lockTimeoutMs }, (change) => prune(change, { options, config }));
}

async function prune(
  change: ModelsChange | undefined,
  { options, config }: { readonly options: PruneOptions; readonly config: RegistryConfig },
): Promise<Pruned> {
  const directory = await readModelsDirectory(config.modelsDir, config.limits);
  const judged = judge(directory, options, config);
  const going = judged.flatMap(({ release, reason, kept }) => (kept ? [] : [{ release, reason }]));
  const concerned = going.map(({ release: { name, version } }) => ({ name, version }));
  await options.authorize?.({ action: 'prune', modelsDir: directory.root, models: concerned });
  const releases = going.map(({ release }) => release);
  const { removed, rewritten, bytes } = await removeReleases(change, { directory, releases, limits: config.limits });
  return {
    modelsDir: directory.root,
    releases: judged.map(({ release, reason, kept }) => summary(release, reason, !kept)),
    removed,
    rewritten,
    bytes,
    dryRun: change === undefined,
  };
}

interface Verdict {
  readonly release: Release;
  readonly kept: boolean;
  readonly reason: string;
}

function judge({ index }: ModelsDirectory, options: PruneOptions, config: RegistryConfig): Verdict[] {
  const { keep, keepDays, name: only, area = 'trained', protect = [] } = options;
  const verdicts: Verdict[] = [];
  for (const [name, releases] of releasesOf(index.records, area)) {
    if (only !== undefined && name !== only) continue;
    const newest = newestOf(releases);
    const named = namedReleases(name, { releases, index, config, area });
    for (const [i, release] of releases.entries()) {
      const days = (Date.now() - timeOf(release)) / DAY_MS;
      const reasons = [
        newest.has(release) && 'it is the newest',
        named.get(release),
        protect.some((wanted) => isWanted(release, wanted)) && 'it is protected',
        i < keep && `it is among the newest ${keep}`,
        keepDays !== undefined && days <= keepDays && `it is not older than ${keepDays} days`,
      ];
      const reason = reasons.find((text): text is string => typeof text === 'string');
      const gone = `there are ${i} newer ones${keepDays === undefined ? '' : `, and it is ${Math.floor(days)} days old`}`;
      verdicts.push({ release, kept: reason !== undefined, reason: reason ?? gone });
    }
  }
  return verdicts;
}

/** Releases that an alias, an option or the environment stands for, with the reason. */
function namedReleases(
  name: string,
  {
    releases,
    index,
    config,
    area,
  }: {
    readonly releases: readonly Release[];
    readonly index: RepositoryIndex;
    readonly config: RegistryConfig;
    readonly area: ModelArea;
  },
): Map<Release, string> {
  const requests = new Map<string, string>();
  for (const table of [index.aliases, config.aliases]) {
    for (const [alias, version] of Object.entries(table[name] ?? {})) requests.set(version, `it is "${alias}"`);
  }
  const { version, path } = { ...modelEnvironment(config.env, name), ...config.models[name] };
  if (version !== undefined) requests.set(version, 'the version of this model is set to it');
  const named = new Map<Release, string>();
  const choice = { location: config.modelsDir, readableFormats: () => true, formatPreference: config.formatPreference };
  for (const [wanted, reason] of requests) {
    const { chosen } = resolveModel(index, { name, version: wanted, area }, choice);
    const release = releases.find(({ records }) => records.some((record) => record === chosen));
    if (release !== undefined) named.set(release, reason);
  }
  const pinned = releases.find(({ records }) => records.some(({ id }) => path !== undefined && path.endsWith(id)));
  if (pinned !== undefined) named.set(pinned, 'the path of this model is set to it');
  return named;
}

function summary({ name, version, label, date, records }: Release, reason: string, removed: boolean): PrunedRelease {
  const ids = records.map(({ id }) => id);
  const bytes = records.reduce((sum, { size }) => sum + size, 0);
  return { name, version: version ?? label, date, ids, bytes, removed, reason };
}

function checkNumbers({ keep, keepDays }: PruneOptions): void {
  if (!Number.isSafeInteger(keep) || keep < 1)
    throw new ConfigurationError('ML_OPTIONS_INVALID', `keep must be a whole number from 1 on, got ${String(keep)}`);
  if (keepDays !== undefined && !(Number.isFinite(keepDays) && keepDays >= 0))
    throw new ConfigurationError('ML_OPTIONS_INVALID', `keepDays must be a number of days, got ${String(keepDays)}`);
}
