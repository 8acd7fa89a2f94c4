import { AccessControl } from '../access/access-control.ts';
import { CallerView } from '../access/caller-view.ts';
import { ModelCache } from '../cache/model-cache.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import { EventBus } from '../events/event-bus.ts';
import { systemClock } from '../internal/clock.ts';
import { Limiter } from '../internal/limiter.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import { announceSource } from '../metrics/live-sources.ts';
import { RegistryMetrics } from '../metrics/registry-metrics.ts';
import type { AccessAction } from '../spec/access.ts';
import type { EventSource, ServiceEventName, ServiceListener } from '../spec/events.ts';
import type { ExecutionStatus } from '../spec/execution.ts';
import type { ModelHealth, ModelState, Readiness, ReadyReport, RegistryHealth } from '../spec/health.ts';
import type { InputContract } from '../spec/input-contract.ts';
import type { MetricsSnapshot } from '../spec/metrics.ts';
import type { ModelArea, ModelRecord, ModelRepository, RepositoryProblem } from '../spec/model-repository.ts';
import type { CallOptions, Model, Prediction } from '../spec/model.ts';
import type { Explanation } from '../spec/resolution.ts';
import type { ModelRoute, OutcomeResult, RouteOptions, RouteSummary } from '../spec/routing.ts';
import type { Row } from '../spec/rows.ts';
import type { SwapResult } from '../spec/swap.ts';
import type { BuiltModel } from './build-model.ts';
import { checkedRequest } from './checked-request.ts';
import { ExecutionRuntime } from './execution-runtime.ts';
import { guardedModel } from './guarded-model.ts';
import { RequiredModels } from './health/required-models.ts';
import { inputContractOf } from './input-contract-of.ts';
import { LiveModel } from './live-model.ts';
import { MemoryWatch } from './memory-watch.ts';
import { ModelResolver } from './model-resolver.ts';
import { DEFAULT_UNLOAD_TIMEOUT_MS, ModelSlot } from './model-slot.ts';
import { openRepository } from './open-repository.ts';
import { permissionProblems } from './permission-problems.ts';
import { configure, type RegistryConfig } from './registry-config.ts';
import type { RegistryOptions } from './registry-options.ts';
import { RepositoryWatch } from './repository-watch.ts';
import { ModelRoutes } from './routing/model-routes.ts';
import { RouteTable } from './routing/route-table.ts';
import { checkService, type ServiceLike } from './service-contract.ts';
import { SlotTable } from './slot-table.ts';
import { AutoSwap } from './swap/auto-swap.ts';
import { SwapDesk } from './swap/swap-desk.ts';
import type { RollbackOptions, SwapOptions, TakeOverOptions } from './swap/swap-options.ts';
import type { SwapHost } from './swap/swap-plan.ts';
import { type Verified, verifyRecord } from './verify-record.ts';
import { visibleRecords } from './visible-records.ts';

/** Where in the models directory to look. Default `trained`. */
export interface AreaOptions {
  readonly area?: ModelArea;
}

/** A known artefact and its state in this process. */
export interface ModelSummary extends ModelRecord {
  readonly state: ModelState;
}

/** A service class that a registry can construct. */
export type ServiceClass<S extends ServiceLike> = new (options: { readonly registry: MLServiceRegistry }) => S;

// Shared by all copies of the package in a process, ESM and CommonJS alike: one cache, one budget.
const DEFAULT_REGISTRY = Symbol.for('base-ml-service.default-registry.v1');
const shared = globalThis as { [DEFAULT_REGISTRY]?: MLServiceRegistry };

/**
 * Models by name and version: finds, verifies, loads, caches and watches over them. One per
 * process as a rule. Nothing is read before the first call that needs it.
 */
export class MLServiceRegistry extends CallerView implements EventSource {
  readonly #config: RegistryConfig;
  readonly #repository: ModelRepository;
  readonly #events = new EventBus();
  readonly #cache: ModelCache<BuiltModel>;
  readonly #resolver: ModelResolver;
  /** `undefined`: everybody may do everything. */
  readonly #access: AccessControl | undefined;
  readonly #runtime: ExecutionRuntime;
  readonly #memory: MemoryWatch;
  readonly #host: SwapHost;
  readonly #swaps: SwapDesk;
  readonly #watch: RepositoryWatch;
  readonly #slots: SlotTable;
  /** Versions that services ask for, by model name. */
  readonly #services = new Map<string, Set<string>>();
  readonly #routes = new RouteTable();
  readonly #routing: ModelRoutes;
  readonly #required: RequiredModels;
  readonly #unannounce: () => void;
  #metrics: RegistryMetrics | undefined;
  #closed: Promise<void> | undefined;

  /** @throws `ML_OPTIONS_INVALID`, `ML_ENV_INVALID` */
  constructor(options: RegistryOptions = {}) {
    super();
    const config = configure(options);
    this.#config = config;
    this.#access =
      config.access &&
      new AccessControl(config.access, {
        wants: () => this.#events.wants('access:decision'),
        tell: (decision) => this.#events.emit('access:decision', decision),
      });
    this.#repository = openRepository(config);
    this.#cache = new ModelCache(config.cache, {
      evicted: (entry, reason, idleMs) => {
        this.#slots.evicted(entry, reason);
        this.#events.emit('cache:evict', { ...entry.value.ref, reason, bytes: entry.bytes, idleMs });
      },
      pressure: (neededBytes) => this.#events.emit('memory:pressure', { ...this.#cache.memory(), neededBytes }),
      changed: () => this.#memory.changed(),
      freed: (entry) => this.#memory.freed(entry.value),
    });
    this.#memory = new MemoryWatch({
      cache: this.#cache,
      container: config.container,
      events: this.#events,
      clock: systemClock,
      rss: () => process.memoryUsage.rss(),
    });
    this.#runtime = new ExecutionRuntime(config.execution, config.container.processors);
    this.#resolver = new ModelResolver(this.#repository, config, () => this.#watch.begin());
    const loads = new Limiter(config.maxParallelLoads);
    this.#host = {
      cache: this.#cache,
      resolver: this.#resolver,
      settings: { ...config, events: this.#events, runtime: this.#runtime },
      pinned: config.pinned,
      routes: this.#routes,
      inTurn: (work) => loads.run(work),
      assertOpen: () => this.#assertOpen(),
      known: (slot) => this.#slots.know(slot),
      unknown: (slot) => this.#slots.forget(slot),
      replaced: (entry) => this.#slots.replaced(entry),
      slots: () => this.#slots,
      slot: (request) => this.#slots.of(request),
      uses: (entry) => this.#slots.uses(entry),
    };
    this.#slots = new SlotTable({
      create: (request) => new ModelSlot(request, this.#host),
      joined: (slot) => this.#swaps.joined(slot),
      keeps: (name) => this.#services.has(name) || this.#required.has(name),
      holds: (entry) => this.#swaps.holds(entry),
      free: (entry) => this.#cache.drop(entry.key, 'replaced', DEFAULT_UNLOAD_TIMEOUT_MS),
    });
    this.#swaps = new SwapDesk(this.#host);
    const autoSwap = config.swapOnChange && new AutoSwap(this.#host, this.#swaps, config.swapOnChange);
    this.#watch = new RepositoryWatch(config.watch ? this.#repository : undefined, this.#events, autoSwap);
    this.#routing = new ModelRoutes({
      host: this.#host,
      table: this.#routes,
      slot: (name, version) => this.#slots.of({ ...checkedRequest(name, version), exact: true }),
      slots: () => this.#slots,
      retire: (slot) => this.#slots.retire(slot),
    });
    this.#required = new RequiredModels(config, {
      services: this.#services,
      slot: (name, version) => this.#slot(name, version),
      closed: () => this.#closed !== undefined,
    });
    this.#unannounce = announceSource(this);
  }

  /** The registry that services use when they are given none; configured by environment variables. */
  static default(): MLServiceRegistry {
    return (shared[DEFAULT_REGISTRY] ??= new MLServiceRegistry());
  }

  /** The formats that can be read; `register` adds one. */
  get loaders(): LoaderRegistry {
    return this.#config.loaders;
  }

  /** What is in force: options over environment over defaults. */
  get config(): RegistryConfig {
    return this.#config;
  }

  /**
   * Makes a service of this registry.
   *
   * @throws `ML_SERVICE_INVALID` if the class has no `modelName`
   */
  create<S extends ServiceLike>(Service: ServiceClass<S>): S {
    this.#assertOpen();
    if (typeof Service !== 'function')
      throw new ConfigurationError('ML_SERVICE_INVALID', `create() takes a service class, got ${typeof Service}`);
    const service = new Service({ registry: this });
    this.register(service);
    return service;
  }

  /**
   * Counts a service's model among those that `health` speaks of even while there is no file for it.
   * Services do this themselves.
   *
   * @throws `ML_SERVICE_INVALID`
   */
  register(service: ServiceLike): void {
    checkService(service);
    const { modelName, modelVersion } = service;
    this.#services.set(modelName, (this.#services.get(modelName) ?? new Set()).add(modelVersion));
  }

  /** A model that is loaded by its first call. */
  model<R = Row, P = Prediction>(name: string, version = 'latest', options: AreaOptions = {}): Model<R, P> {
    return this.#modelOf<R, P>(this.#slot(name, version, options.area));
  }

  /**
   * Resolves and loads now, even if the last try failed a short while ago; with `afresh: false` as a prediction would
   * load: only what is not there yet, and not during the pause after a failure.
   *
   * @throws `ML_ACCESS_DENIED`; whatever resolving and loading raise: see `docs/errors.md`
   */
  async load<R = Row, P = Prediction>(
    name: string,
    version = 'latest',
    options: AreaOptions & CallOptions & { readonly afresh?: boolean } = {},
  ): Promise<Model<R, P>> {
    await this.#allow('load', name, version);
    const slot = this.#slot(name, version, options.area);
    await Promise.all((slot.router?.slots ?? [slot]).map((one) => one.load({ afresh: true, ...options })));
    return this.#modelOf<R, P>(slot);
  }

  /**
   * Frees a model after the calls in flight; the next call loads it again.
   *
   * @throws `ML_MODEL_UNLOAD_TIMEOUT` after `timeoutMs` (default 10,000), freeing nothing in use
   */
  async unload(
    name: string,
    version = 'latest',
    options: AreaOptions & { readonly timeoutMs?: number } = {},
  ): Promise<void> {
    await this.#allow('load', name, version);
    await this.#slot(name, version, options.area).unload(options.timeoutMs);
  }

  /** Every artefact in the repository or set by path, with its state; with access rules, what the caller may inspect. */
  async models(): Promise<ModelSummary[]> {
    this.#assertOpen();
    const all = await this.#resolver.records(this.services());
    const records = await visibleRecords(all, this.#access);
    const states = this.#slots.states();
    return records.map((record) => ({ ...record, state: states.get(record.id) ?? 'unloaded' }));
  }

  /** Files in the repository that cannot be used, and why. */
  async problems(): Promise<readonly RepositoryProblem[]> {
    this.#assertOpen();
    const { records, problems } = await this.#resolver.index();
    return [...problems, ...(await permissionProblems(this.#repository, records, this.#config.filePermissions))];
  }

  /** Names of the models of the services in use, sorted. */
  services(): string[] {
    return [...this.#services.keys()].sort();
  }

  /** @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`, `ML_MODEL_VERSION_INVALID`, `ML_MODEL_AMBIGUOUS` */
  async resolve(name: string, version = 'latest', options: AreaOptions = {}): Promise<ModelRecord> {
    this.#assertOpen();
    await this.#allow('inspect', name, version);
    return this.#resolver.record({ area: options.area ?? 'trained', name, version });
  }

  /** Which files were candidates, which one was chosen, and why not the others. */
  async explain(name: string, version = 'latest', options: AreaOptions = {}): Promise<Explanation> {
    this.#assertOpen();
    await this.#allow('inspect', name, version);
    return this.#resolver.explain({ area: options.area ?? 'trained', name, version });
  }

  /**
   * What the rows of a model have to be, as far as it and its metadata say; loads the model.
   *
   * @throws `ML_CONTRACT_INVALID`, `ML_CONTRACT_MISMATCH`; as `load`
   */
  async inputContract(
    name: string,
    version = 'latest',
    options: AreaOptions & CallOptions = {},
  ): Promise<InputContract> {
    await this.#allow('inspect', name, version);
    return inputContractOf(this.#slot(name, version, options.area), options);
  }

  /**
   * Reads an artefact and compares it with its metadata, the lock file and its signature, without loading it.
   *
   * @throws `ML_ARTEFACT_*`, `ML_CHECKSUM_*`, `ML_SIZE_MISMATCH`, `ML_LOCK_*`, `ML_SIGNATURE_*`
   */
  async verify(record: ModelRecord, options: CallOptions = {}): Promise<Verified> {
    this.#assertOpen();
    await this.#allow('inspect', record.name, record.label);
    return verifyRecord(record, { repository: this.#repository, config: this.#config, signal: options.signal });
  }

  /**
   * Puts another version in the place of the one that serves, for every request for that name: loads, verifies and
   * warms it up, compares it with what it replaces and with the samples of its metadata, then lets all calls go to it
   * at once, and frees the old one after its calls. Until the switch nothing changes; what fails leaves the old one
   * serving. Swaps of one name happen one after the other.
   *
   * @throws `ML_SWAP_FAILED` with the step, `ML_SWAP_INCOMPATIBLE`, `ML_SWAP_SAMPLES`, `ML_OPTIONS_INVALID`,
   * `ML_ABORTED`
   */
  async swap(name: string, options: SwapOptions): Promise<SwapResult> {
    await this.#allow('swap', name, options.to);
    return this.#swaps.swap(name, options);
  }

  /**
   * Goes back to what served before the last swap that was not rolled back. It is loaded, verified and warmed up again;
   * nothing is compared.
   *
   * @throws `ML_SWAP_NO_PREVIOUS`, `ML_SWAP_FAILED` with the step, `ML_OPTIONS_INVALID`, `ML_ABORTED`
   */
  async rollback(name: string, options: RollbackOptions = {}): Promise<SwapResult> {
    await this.#allow('swap', name);
    return this.#swaps.rollback(name, options);
  }

  /**
   * Lets an alias stand for a version, by the steps of `swap()`. Requests by the alias move to it at once, others stay
   * where they are; if a step fails nothing changes.
   *
   * @throws what loading raises; `ML_SWAP_INCOMPATIBLE`, `ML_SWAP_SAMPLES`, `ML_OPTIONS_INVALID`
   */
  async setAlias(name: string, alias: string, version: string, options: TakeOverOptions = {}): Promise<void> {
    await this.#allow('swap', name, alias);
    await this.#swaps.setAlias(name, { alias, version }, options);
  }

  /**
   * Deals the calls of a model to several versions: A/B, canary and shadow (`docs/routing.md`). All of them are loaded
   * before it takes effect; what fails leaves everything as it was. Called again it changes the route in one step, and
   * arms that stay the same keep their counts.
   *
   * @throws `ML_OPTIONS_INVALID`, `ML_ROUTE_ARM_FAILED`, `ML_ROUTE_INCOMPATIBLE`, `ML_ROUTE_SUPERSEDED`, `ML_ABORTED`
   */
  async route(name: string, options: RouteOptions, call: Pick<CallOptions, 'signal'> = {}): Promise<ModelRoute> {
    await this.#allow('swap', name);
    return this.#routing.set(name, options, call);
  }

  /** Takes a route away: requests mean again what they ask for. Gives whether there was one. */
  async unroute(name: string): Promise<boolean> {
    await this.#allow('swap', name);
    return this.#routing.unset(name);
  }

  /** The routes in force, by model. */
  get routes(): ReadonlyMap<string, ModelRoute> {
    return this.#routes.routes;
  }

  /**
   * Says how a routed prediction turned out.
   *
   * @param id from `onRouted` of the call's options
   * @param value `true` and `false`, or a number
   * @throws `ML_ROUTE_OUTCOME_INVALID`
   */
  reportOutcome(id: string, value: boolean | number): OutcomeResult {
    return this.#routing.reportOutcome(id, value);
  }

  /**
   * What the arms of a route did so far, with confidence intervals, and how they differ from the control arm.
   *
   * @param options.confidence of the intervals; default 0.95
   * @throws `ML_ROUTE_UNKNOWN`
   */
  async routeSummary(name: string, options: { readonly confidence?: number } = {}): Promise<RouteSummary> {
    await this.#allow('inspect', name);
    return this.#routing.summary(name, options);
  }

  /**
   * Asks the rules about `publish`, for the option `authorize` of what changes a models directory.
   *
   * @throws `ML_ACCESS_DENIED`
   */
  async authorize({ models }: { readonly models: readonly Pick<ModelRecord, 'name' | 'version'>[] }): Promise<void> {
    for (const { name, version } of models) await this.#allow('publish', name, version);
  }

  /** Looks at the repository again on next use. */
  refresh(): void {
    this.#repository.refresh();
  }

  /** The state of every model that was asked for, and of memory. */
  health(): RegistryHealth {
    // Nobody waits for a shadow.
    const models = [...this.#slots].filter(({ request }) => request.shadow !== true).map((slot) => slot.health());
    const status =
      this.#closed !== undefined ? 'closed' : models.some(({ state }) => state === 'failed') ? 'failing' : 'ok';
    return { status, models, memory: this.#cache.memory() };
  }

  /**
   * Loads the models that the option `required` names, those not yet loaded and those that failed, several at a time.
   * A model that does not load is in the report, and `readiness` stays red.
   *
   * @throws `ML_REGISTRY_CLOSED`
   */
  async ready(options: CallOptions = {}): Promise<ReadyReport> {
    this.#assertOpen();
    return this.#required.load(options);
  }

  /** Whether the process should get requests, and why not. Loads nothing, reads nothing. */
  readiness(): Readiness {
    return this.#required.readiness();
  }

  /** Where every loaded model runs, and how its calls come through. */
  execution(): ExecutionStatus[] {
    return this.#cache.values().map(({ placed, ref }) => placed.status(ref));
  }

  /** What was counted since the first call of this method, which begins the counting, and what is the case now. */
  metrics(): MetricsSnapshot {
    this.#metrics ??= new RegistryMetrics(this);
    return this.#metrics.snapshot();
  }

  /** The state of one model as callers ask for it. */
  modelHealth(name: string, version = 'latest', options: AreaOptions = {}): ModelHealth {
    return this.#slot(name, version, options.area).health();
  }

  on<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#events.on(event, listener);
    return this;
  }

  once<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#events.once(event, listener);
    return this;
  }

  off<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.#events.off(event, listener);
    return this;
  }

  /**
   * Ends: refuses new calls, waits up to `timeoutMs` (default 10,000) for those in flight, frees
   * every model. Twice is harmless.
   *
   * @throws `ML_MODEL_UNLOAD_TIMEOUT` if calls were still in flight; their models are freed when they end
   */
  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(options.timeoutMs ?? DEFAULT_UNLOAD_TIMEOUT_MS);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(timeoutMs: number): Promise<void> {
    if (shared[DEFAULT_REGISTRY] === this) delete shared[DEFAULT_REGISTRY];
    // First of all, so that no call that comes from now on is served.
    const reason = new LifecycleError('ML_REGISTRY_CLOSED', 'the registry was closed while the model loaded');
    const closing = this.#cache.close(reason, timeoutMs);
    this.#swaps.close(reason);
    this.#memory.stop();
    this.#routes.close();
    await this.#watch.end();
    const errors = await closing;
    this.#unannounce();
    if (errors.length > 0) throw errors[0];
  }

  /** @throws `ML_ACCESS_DENIED`; before anything of the model is looked at, so that no answer tells what is there */
  async #allow(action: AccessAction, model: string, version?: string): Promise<void> {
    await this.#access?.check(action, { model, version });
  }

  #modelOf<R, P>(slot: ModelSlot): Model<R, P> {
    const model = new LiveModel<R, P>(slot);
    const { name, version } = slot.request;
    return this.#access === undefined ? model : guardedModel(model, this.#access, { model: name, version });
  }

  #slot(name: string, version: string, area?: ModelArea): ModelSlot {
    return this.#slots.of(checkedRequest(name, version, area));
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new LifecycleError('ML_REGISTRY_CLOSED', 'the registry is closed');
  }
}
