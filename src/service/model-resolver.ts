import { resolve as resolvePath } from 'node:path';
import { LRUCache } from 'lru-cache';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { isRemote } from '../remote/is-remote.ts';
import type { FallbackOrder, RemoteOptions } from '../remote/remote-options.ts';
import { DirectoryRepository } from '../repository/directory-repository.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ModelRef } from '../spec/events.ts';
import type { PlaceChoice } from '../spec/execution.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type {
  ModelArea,
  ModelRecord,
  ModelRepository,
  OpenOptions,
  RepositoryIndex,
} from '../spec/model-repository.ts';
import type { Explanation } from '../spec/resolution.ts';
import { choosePinned, type ModelFamily, NO_PINS, pinnedId, type Pins } from './swap/pins.ts';
import { modelEnvironment, variableNames } from './environment.ts';
import { setNames, setPath, setRecord } from './set-models.ts';
import type { RegistryConfig } from './registry-config.ts';
import type { FallbackOptions, ModelOverride, RegistryOptions } from './registry-options.ts';
import { noFile } from './remote/no-file.ts';
import { type LocalSource, remoteSource, type RemoteSource } from './remote/remote-source.ts';

/** What a caller asks for. */
export interface ModelRequest {
  readonly area: ModelArea;
  readonly name: string;
  /** `latest`, a label, a version, a range or an alias. */
  readonly version: string;
  /**
   * The version itself, whatever a swap, a route, the options or the environment put in its place: for those who
   * compare versions with each other.
   */
  readonly exact?: true;
  /** A copy of its own, that no other request shares. Goes with `exact`. */
  readonly shadow?: true;
}

/** What it stands for: one artefact that can be opened. */
export interface ResolvedModel {
  /**
   * Key in the cache; the same for every request that means this artefact, another one once its file
   * was replaced.
   */
  readonly key: string;
  readonly ref: ModelRef;
  /** Of the repository's record; `undefined` for a path that was set. */
  readonly id: string | undefined;
  readonly metadata: ModelMetadata | undefined;
  /** As in the repository's record. */
  readonly metadataFiles?: ModelRecord['metadataFiles'];
  /** Where it is to run, if that was said for this model. */
  readonly place: PlaceChoice | undefined;
  /** Set for a model on a server, which has no file to open. */
  readonly remote: RemoteSource | undefined;
  /** Options for its loader, if there are some for this model alone. */
  readonly loaderOptions: RegistryOptions['loaderOptions'];
  /** Who computes it, if that was said for this model. */
  readonly engine: ModelOverride['engine'];
  /** Whether `open` gives memory that nobody else holds. */
  readonly fresh: boolean;
  /** Bytes on disk, or 0 where not known before it is opened. */
  readonly size: number;
  open(options: OpenOptions): Promise<Artefact>;
}

/** How a file becomes a model, where that was said for this one. */
type Choices = Pick<ResolvedModel, 'place' | 'loaderOptions' | 'engine'>;

/** What is set for one model. */
interface Override {
  readonly path: string | undefined;
  readonly version: string | undefined;
  readonly place: PlaceChoice | undefined;
  readonly loaderOptions: RegistryOptions['loaderOptions'];
  readonly engine: ModelOverride['engine'];
  readonly remote: RemoteOptions;
  readonly fallback: FallbackOrder | FallbackOptions | undefined;
  /** A sentence on where each setting came from. */
  readonly via: readonly string[];
}

/** Names and versions to artefacts: swaps over options over environment over what the caller asked for. */
export class ModelResolver {
  readonly #repository: ModelRepository;
  readonly #config: RegistryConfig;
  readonly #watch: () => Promise<void>;
  /** Aliases set while running, by model name and alias. */
  readonly #aliases = new Map<string, Map<string, string>>();
  /** What swaps put in the place of what is asked for, by area and name. */
  readonly #pins = new Map<string, Pins>();
  /** Misses made the repository look again a short while ago. */
  readonly #missed = new LRUCache<string, true>({ max: 1_000, ttl: 1_000 });

  /** @param watch called before the repository is looked at; watching starts with the first look */
  constructor(repository: ModelRepository, config: RegistryConfig, watch: () => Promise<void>) {
    this.#repository = repository;
    this.#watch = watch;
    this.#config = config;
    for (const [name, aliases] of Object.entries(config.aliases)) {
      for (const [alias, version] of Object.entries(aliases)) this.setAlias(name, alias, version);
    }
  }

  setAlias(name: string, alias: string, version: string): void {
    const aliases = this.#aliases.get(name) ?? new Map<string, string>();
    aliases.set(alias, version);
    this.#aliases.set(name, aliases);
  }

  pins({ area, name }: ModelFamily): Pins {
    return this.#pins.get(`${area}/${name}`) ?? NO_PINS;
  }

  setPins({ area, name }: ModelFamily, pins: Pins): void {
    this.#pins.set(`${area}/${name}`, pins);
  }

  /** The version that decides where nothing is pinned; `undefined` for a path that was set. */
  asked(request: ModelRequest): string | undefined {
    const { path, version } = this.#override(request);
    return path !== undefined && request.area === 'trained' ? undefined : (version ?? request.version);
  }

  /** Looks at the repository again on next use. */
  refresh(): void {
    this.#repository.refresh();
  }

  async index(): Promise<RepositoryIndex> {
    await this.#watch();
    return this.#repository.index();
  }

  /**
   * The records of the repository, and of the models whose path was set, as far as that is what answers.
   *
   * @param asked names that something asks for
   */
  async records(asked: Iterable<string>): Promise<readonly ModelRecord[]> {
    const { records } = await this.index();
    const known = new Set([...asked, ...records.map(({ name }) => name)]);
    const set = setNames(this.#config, known).map(async (name) => {
      const request = { area: 'trained', name, version: 'latest' } as const;
      const override = this.#override(request);
      if (!this.#usesPath(request, override, this.pins(request))) return [];
      const path = setPath(this.#config, name);
      return path === undefined ? [] : [await setRecord(name, path)];
    });
    return [...records, ...(await Promise.all(set)).flat()];
  }

  /**
   * @param pins default: those in force
   * @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`, `ML_MODEL_VERSION_INVALID`, `ML_MODEL_AMBIGUOUS`
   */
  async resolve(request: ModelRequest, pins: Pins = this.pins(request)): Promise<ResolvedModel> {
    const override = this.#override(request);
    if (this.#usesPath(request, override, pins)) {
      return isRemote(override.path)
        ? this.#remote(request, override.path, override)
        : this.#direct(request, override.path, override);
    }
    return this.#stored(request, await this.record(request, pins), override);
  }

  /** A file of the repository. */
  #stored({ shadow }: ModelRequest, record: ModelRecord, { place, loaderOptions, engine }: Choices): ResolvedModel {
    const repository = this.#repository;
    return {
      key: `${record.id} (${record.size} bytes, ${new Date(record.modifiedMs).toISOString()})${shadow === true ? ' shadow' : ''}`,
      ref: { model: record.name, version: record.label ?? record.version, artefact: record.id },
      id: record.id,
      metadata: record.metadata,
      metadataFiles: record.metadataFiles,
      size: record.size,
      place,
      remote: undefined,
      loaderOptions,
      engine,
      fresh: repository instanceof DirectoryRepository,
      open: (options) => repository.open(record, options),
    };
  }

  /** The repository's record for a request; looks at the disk again once before it says that there is none. */
  async record(request: ModelRequest, pins: Pins = this.pins(request)): Promise<ModelRecord> {
    const { requireChosen } = await import('../repository/resolve.ts');
    try {
      return requireChosen(await this.explain(request, pins));
    } catch (error) {
      const key = `${request.area}/${request.name}@${request.version}`;
      const missing = MLServiceError.isInstance(error) && /^ML_MODEL_(VERSION_)?NOT_FOUND$/.test(error.code);
      if (!missing || this.#missed.has(key)) throw error;
      this.#missed.set(key, true);
      this.#repository.refresh();
      return requireChosen(await this.explain(request, pins));
    }
  }

  async explain(request: ModelRequest, pins: Pins = this.pins(request)): Promise<Explanation> {
    const override = this.#override(request);
    if (this.#usesPath(request, override, pins)) return this.#explainPath(request, override.path);
    const explanation = await this.#explainStored(request, override);
    const pinned = pinnedId(request, pins);
    return pinned === undefined ? explanation : choosePinned(explanation, pinned);
  }

  /** What the repository has, whatever path was set. */
  async #explainStored(request: ModelRequest, override: Pick<Override, 'version' | 'via'>): Promise<Explanation> {
    const index = await this.index();
    const { resolveModel } = await import('../repository/resolve.ts');
    const via = [...override.via];
    let version = override.version ?? request.version;
    const alias = this.#aliases.get(request.name)?.get(version);
    if (alias !== undefined) {
      via.push(`alias "${version}" means "${alias}"`);
      version = alias;
    }
    return resolveModel(
      index,
      { name: request.name, version, area: request.area, via },
      {
        location: this.#repository.location,
        readableFormats: (extension) => this.#config.loaders.reads(extension),
        formatPreference: this.#config.formatPreference,
      },
    );
  }

  /** A path that was set counts unless a swap put something in its place. */
  #usesPath(request: ModelRequest, override: Override, pins: Pins): override is Override & { readonly path: string } {
    return override.path !== undefined && request.area === 'trained' && pinnedId(request, pins) === undefined;
  }

  /** A path that was set leaves nothing to choose. */
  async #explainPath({ name, version }: ModelRequest, path: string): Promise<Explanation> {
    const { origin } = setPath(this.#config, name) as { readonly origin: string };
    const record = await setRecord(name, { path, origin });
    return {
      name,
      requested: version,
      via: [`path ${path} from ${origin}`],
      location: this.#repository.location,
      chosen: record,
      candidates: [
        { id: record.id, record, chosen: true, reason: `chosen: ${origin} names it; versions play no part` },
      ],
      knownNames: [],
    };
  }

  /** Options, then environment, with a sentence on where each setting came from. */
  #override({ name, exact }: ModelRequest): Override {
    const option = this.#config.models[name] ?? {};
    const environment = modelEnvironment(this.#config.env, name);
    const variables = variableNames(name);
    const place = option.place ?? environment.place;
    const { loaderOptions, engine } = option;
    const via: string[] = [];
    const remote = { ...this.#config.remote, ...option.remote };
    const fallback = option.fallback ?? environment.fallback;
    if (exact === true)
      return { path: undefined, version: undefined, place, remote, fallback, loaderOptions, engine, via };
    if (option.version !== undefined) via.push(`version "${option.version}" from options.models.${name}.version`);
    else if (environment.version !== undefined) via.push(`version "${environment.version}" from ${variables.version}`);
    const path = option.path ?? environment.path;
    return {
      path,
      version: option.version ?? environment.version,
      place,
      remote,
      fallback,
      loaderOptions,
      engine,
      via,
    };
  }

  /** A path that was set for a model: no directory contract, no metadata, the file itself. */
  #direct(request: ModelRequest, path: string, { place, loaderOptions, engine }: Choices): ResolvedModel {
    const absolute = resolvePath(path);
    return {
      // Options of its own make another model of the same file.
      key: loaderOptions === undefined && engine === undefined ? absolute : `${absolute} as ${request.name}`,
      ref: { model: request.name, version: undefined, artefact: absolute },
      id: undefined,
      metadata: undefined,
      size: 0,
      place,
      remote: undefined,
      loaderOptions,
      engine,
      fresh: true,
      async open(options) {
        const { openArtefact } = await import('../repository/artefact-reader.ts');
        return openArtefact(undefined, absolute, options);
      },
    };
  }

  /** A model on a server, and the file that answers with it where a fallback was set. */
  async #remote(request: ModelRequest, path: string, override: Override): Promise<ResolvedModel> {
    const { remote: options, fallback } = override;
    const wanted = typeof fallback === 'string' ? { order: fallback } : fallback;
    const local = wanted && (await this.#fallback(request, wanted, override).catch(errorOf));
    const remote = remoteSource(path, {
      options,
      fallback: wanted && local && { order: wanted.order, local: withLimit(local, this.#config) },
    });
    return {
      // Options are the model's own, so that two models at one address are two.
      key: `${path} (${request.name})`,
      ref: { model: request.name, version: remote.address.version, artefact: path },
      id: undefined,
      metadata: undefined,
      size: local === undefined || local instanceof Error ? 0 : local.size,
      place: undefined,
      loaderOptions: undefined,
      engine: undefined,
      remote,
      fresh: true,
      open: noFile,
    };
  }

  async #fallback(
    request: ModelRequest,
    { path, version }: Partial<FallbackOptions>,
    override: Override,
  ): Promise<ResolvedModel> {
    if (path !== undefined) return this.#direct(request, path, override);
    const asked = { via: override.via, version: version ?? override.version };
    const { requireChosen } = await import('../repository/resolve.ts');
    return this.#stored(request, requireChosen(await this.#explainStored(request, asked)), override);
  }
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** A file as a load opens it. */
function withLimit(local: ResolvedModel | Error, { limits }: RegistryConfig): LocalSource | Error {
  if (local instanceof Error) return local;
  return { ...local, open: (options) => local.open({ ...options, maxBytes: limits.maxModelBytes }) };
}
