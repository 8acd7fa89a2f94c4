import { resolve as resolvePath } from 'node:path';
import { LRUCache } from 'lru-cache';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { openArtefact } from '../repository/artefact-reader.ts';
import { DirectoryRepository } from '../repository/directory-repository.ts';
import { requireChosen, resolveModel } from '../repository/resolve.ts';
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
import { modelEnvironment, variableNames } from './environment.ts';
import type { RegistryConfig } from './registry-config.ts';
import type { ModelOverride, RegistryOptions } from './registry-options.ts';

/** What a caller asks for. */
export interface ModelRequest {
  readonly area: ModelArea;
  readonly name: string;
  /** `latest`, a label, a version, a range or an alias. */
  readonly version: string;
}

/** What it stands for: one artefact that can be opened. */
export interface ResolvedModel {
  /**
   * Key in the cache; the same for every request that means this artefact, another one once its file
   * was replaced.
   */
  readonly key: string;
  readonly ref: ModelRef;
  readonly metadata: ModelMetadata | undefined;
  /** Where it is to run, if that was said for this model. */
  readonly place: PlaceChoice | undefined;
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

/** Names and versions to artefacts: options over environment over what the caller asked for. */
export class ModelResolver {
  readonly #repository: ModelRepository;
  readonly #config: RegistryConfig;
  readonly #watch: () => Promise<void>;
  /** Aliases set while running, by model name and alias. */
  readonly #aliases = new Map<string, Map<string, string>>();
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

  /** Looks at the repository again on next use. */
  refresh(): void {
    this.#repository.refresh();
  }

  async index(): Promise<RepositoryIndex> {
    await this.#watch();
    return this.#repository.index();
  }

  /**
   * @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`, `ML_MODEL_VERSION_INVALID`, `ML_MODEL_AMBIGUOUS`
   */
  async resolve(request: ModelRequest): Promise<ResolvedModel> {
    const override = this.#override(request.name);
    if (override.path !== undefined && request.area === 'trained')
      return this.#direct(request, override.path, override);
    const record = await this.record(request);
    const repository = this.#repository;
    return {
      key: `${record.id} (${record.size} bytes, ${new Date(record.modifiedMs).toISOString()})`,
      ref: { model: record.name, version: record.label ?? record.version, artefact: record.id },
      metadata: record.metadata,
      size: record.size,
      place: override.place,
      loaderOptions: override.loaderOptions,
      engine: override.engine,
      fresh: repository instanceof DirectoryRepository,
      open: (options) => repository.open(record, options),
    };
  }

  /** The repository's record for a request; looks at the disk again once before it says that there is none. */
  async record(request: ModelRequest): Promise<ModelRecord> {
    try {
      return requireChosen(await this.explain(request));
    } catch (error) {
      const key = `${request.area}/${request.name}@${request.version}`;
      const missing = MLServiceError.isInstance(error) && /^ML_MODEL_(VERSION_)?NOT_FOUND$/.test(error.code);
      if (!missing || this.#missed.has(key)) throw error;
      this.#missed.set(key, true);
      this.#repository.refresh();
      return requireChosen(await this.explain(request));
    }
  }

  async explain(request: ModelRequest): Promise<Explanation> {
    const override = this.#override(request.name);
    if (override.path !== undefined && request.area === 'trained') return this.#explainPath(request, override.path);
    const index = await this.index();
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

  /** A path that was set leaves nothing to choose. */
  #explainPath({ name, version }: ModelRequest, path: string): Explanation {
    const variable = variableNames(name).path;
    const origin = this.#config.models[name]?.path === undefined ? variable : `options.models.${name}.path`;
    const id = resolvePath(path);
    return {
      name,
      requested: version,
      via: [`path ${path} from ${origin}`],
      location: this.#repository.location,
      chosen: undefined,
      candidates: [
        { id, record: undefined, chosen: true, reason: `chosen: ${origin} names this file; versions play no part` },
      ],
      knownNames: [],
    };
  }

  /** Options, then environment, with a sentence on where each setting came from. */
  #override(name: string): {
    readonly path: string | undefined;
    readonly version: string | undefined;
    readonly place: PlaceChoice | undefined;
    readonly loaderOptions: RegistryOptions['loaderOptions'];
    readonly engine: ModelOverride['engine'];
    readonly via: readonly string[];
  } {
    const option = this.#config.models[name] ?? {};
    const environment = modelEnvironment(this.#config.env, name);
    const variables = variableNames(name);
    const via: string[] = [];
    if (option.version !== undefined) via.push(`version "${option.version}" from options.models.${name}.version`);
    else if (environment.version !== undefined) via.push(`version "${environment.version}" from ${variables.version}`);
    const path = option.path ?? environment.path;
    const place = option.place ?? environment.place;
    const { loaderOptions, engine } = option;
    return { path, version: option.version ?? environment.version, place, loaderOptions, engine, via };
  }

  /** A path that was set for a model: no directory contract, no metadata, the file itself. */
  #direct(
    request: ModelRequest,
    path: string,
    { place, loaderOptions, engine }: Pick<ResolvedModel, 'place' | 'loaderOptions' | 'engine'>,
  ): ResolvedModel {
    const absolute = resolvePath(path);
    return {
      // Options of its own make another model of the same file.
      key: loaderOptions === undefined && engine === undefined ? absolute : `${absolute} as ${request.name}`,
      ref: { model: request.name, version: undefined, artefact: absolute },
      metadata: undefined,
      size: 0,
      place,
      loaderOptions,
      engine,
      fresh: true,
      open: (options) => openArtefact(undefined, absolute, options),
    };
  }
}
