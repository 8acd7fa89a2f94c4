import { DeadlineError } from '../errors/deadline-error.ts';
import { LifecycleError } from '../errors/lifecycle-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import type {
  InferRequest,
  InferResponse,
  ModelMetadataMessage,
  RepositoryIndexEntry,
  ServerMetadataMessage,
} from '../protocol/messages.ts';
import { NO_PARAMETERS, parameter, type Parameters } from '../protocol/parameters.ts';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { CallOptions, Model, ModelInfo } from '../spec/model.ts';
import { answerInfer } from './answer-infer.ts';
import { libraryVersion } from './library-version.ts';
import { ModelPlan } from './model-plan.ts';
import { repositoryIndex } from './repository-index.ts';

/** A model as a request names it. */
export interface Target {
  readonly name: string;
  /** Default `latest`. */
  readonly version?: string | undefined;
}

/** Milliseconds that an unload by a client waits for the calls in flight. */
const UNLOAD_TIMEOUT_MS = 10_000;

/** What the protocol asks of a server, over a registry; knows nothing of transports. */
export class InferenceCore {
  static readonly #cores = new WeakMap<MLServiceRegistry, InferenceCore>();
  readonly #registry: MLServiceRegistry;
  readonly #plans = new WeakMap<ModelInfo, ModelPlan>();
  /** Models that a client unloaded, which no request loads again. */
  readonly #unloaded = new Set<string>();

  private constructor(registry: MLServiceRegistry) {
    this.#registry = registry;
  }

  /** The one of a registry, so that all doors to it agree on what was unloaded. */
  static of(registry: MLServiceRegistry): InferenceCore {
    let core = InferenceCore.#cores.get(registry);
    if (core === undefined) InferenceCore.#cores.set(registry, (core = new InferenceCore(registry)));
    return core;
  }

  /** Whether the registry is open and no model of a service has failed. */
  ready(): boolean {
    const { status, models } = this.#registry.health();
    if (status === 'closed') return false;
    const services = new Set(this.#registry.services());
    return !models.some(({ name, state }) => state === 'failed' && services.has(name));
  }

  metadata(repositoryApi: boolean): ServerMetadataMessage {
    const extensions = ['binary_tensor_data'];
    if (repositoryApi) extensions.push('model_repository');
    return { name: 'base-ml-service', version: libraryVersion(), extensions };
  }

  /**
   * Whether a request for the model would be answered: it is loaded, or there and loaded by the first request.
   *
   * @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`
   */
  async modelReady({ name, version = 'latest' }: Target): Promise<boolean> {
    const { id, problem } = await this.#registry.resolve(name, version);
    if (this.#unloaded.has(name)) return false;
    const { models } = this.#registry.health();
    const states = models.filter(({ artefact }) => artefact === id).map(({ state }) => state);
    if (states.includes('ready')) return true;
    // What cannot be loaded now may serve still, if it was loaded before.
    return problem === undefined && states.every((state) => state === 'unloaded');
  }

  /** Loads the model if need be: only then is its form known. */
  async modelMetadata(target: Target, options: CallOptions): Promise<ModelMetadataMessage> {
    const { model, plan } = await this.#loaded(target, options);
    const { info } = model;
    const records = await this.#registry.models();
    const versions = new Set<string>();
    const named = records.filter(({ area, name }) => area === 'trained' && name === target.name);
    // One whose path was set answers for every version.
    const set = named.filter(({ setBy }) => setBy !== undefined);
    for (const { label, version } of set.length > 0 ? set : named) versions.add(label ?? version ?? '');
    versions.delete('');
    return {
      name: target.name,
      versions: [...versions],
      platform: `${info.engine}_${info.format}`,
      inputs: plan.inputMetadata(),
      outputs: plan.outputMetadata(),
      parameters: describe(info),
    };
  }

  async infer(target: Target, request: InferRequest, options: CallOptions): Promise<InferResponse> {
    let timed = withTimeout(options, request.parameters);
    let loaded = this.#ifLoaded(target);
    if (loaded === undefined) {
      const startedAt = performance.now();
      loaded = await this.#loaded(target, timed);
      timed = withTimeSpent(timed, performance.now() - startedAt);
    }
    const { model, plan } = loaded;
    const outputs = await answerInfer({ model, plan }, request, timed);
    return {
      modelName: target.name,
      modelVersion: plan.version,
      id: request.id,
      parameters: NO_PARAMETERS,
      outputs,
    };
  }

  index(readyOnly: boolean): Promise<RepositoryIndexEntry[]> {
    return repositoryIndex(this.#registry, { readyOnly, unloaded: this.#unloaded });
  }

  /** @throws `ML_PROTOCOL_UNSUPPORTED` for a configuration from outside, and whatever loading raises */
  async load(name: string, parameters: Parameters, options: CallOptions): Promise<void> {
    if (parameter(parameters, 'config') !== undefined) {
      throw new ProtocolError(
        'ML_PROTOCOL_UNSUPPORTED',
        'parameter "config" is not taken: models are configured where the server runs',
      );
    }
    await this.#registry.load(name, 'latest', options);
    this.#unloaded.delete(name);
  }

  /** @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_UNLOAD_TIMEOUT` */
  async unload(name: string): Promise<void> {
    await this.#registry.resolve(name, 'latest');
    this.#unloaded.add(name);
    const { models } = this.#registry.health();
    const loaded = models.filter((model) => model.name === name);
    await Promise.all(
      loaded.map(({ version }) => this.#registry.unload(name, version, { timeoutMs: UNLOAD_TIMEOUT_MS })),
    );
  }

  #ifLoaded({ name, version = 'latest' }: Target): Loaded | undefined {
    if (this.#unloaded.has(name)) throw unloaded(name);
    const model = this.#registry.model(name, version);
    try {
      return { model, plan: this.#planOf(model) };
    } catch (error) {
      if (MLServiceError.isInstance(error) && error.code === 'ML_MODEL_NOT_LOADED') return undefined;
      throw error;
    }
  }

  async #loaded({ name, version = 'latest' }: Target, { signal, timeoutMs }: CallOptions): Promise<Loaded> {
    if (this.#unloaded.has(name)) throw unloaded(name);
    const timer = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const signals = [signal, timer].filter((one) => one !== undefined);
    const either = signals.length === 2 ? AbortSignal.any(signals) : signals[0];
    try {
      const model = await this.#registry.load(name, version, { afresh: false, ...(either && { signal: either }) });
      return { model, plan: this.#planOf(model) };
    } catch (error) {
      if (timer?.aborted !== true || signal?.aborted === true) throw error;
      throw new DeadlineError(
        'ML_DEADLINE_EXCEEDED',
        `model ${JSON.stringify(name)} was not loaded within the time of the request (${timeoutMs} ms)`,
        { details: { timeoutMs, started: false } },
      );
    }
  }

  #planOf(model: Model): ModelPlan {
    const { info } = model;
    let plan = this.#plans.get(info);
    if (plan === undefined) this.#plans.set(info, (plan = new ModelPlan(model)));
    return plan;
  }
}

interface Loaded {
  readonly model: Model;
  readonly plan: ModelPlan;
}

/** The parameter `timeout` of the extension `schedule_policy`, in microseconds; the shorter of two times counts. */
function withTimeout(options: CallOptions, parameters: Parameters): CallOptions {
  const given = parameter(parameters, 'timeout');
  if (given === undefined) return options;
  const micros = Number(given);
  if (!(micros >= 0) || !Number.isFinite(micros) || given === '') {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `parameter "timeout" must be microseconds from 0 on, got ${JSON.stringify(given)}`,
    );
  }
  // Zero is Triton's default and means none.
  if (micros === 0) return options;
  const timeoutMs = Math.max(1, Math.ceil(micros / 1000));
  return { ...options, timeoutMs: Math.min(timeoutMs, options.timeoutMs ?? timeoutMs) };
}

function withTimeSpent(options: CallOptions, spentMs: number): CallOptions {
  const { timeoutMs } = options;
  return timeoutMs === undefined ? options : { ...options, timeoutMs: Math.max(0, timeoutMs - spentMs) };
}

/** What the library knows beyond the protocol, as texts that gRPC can carry too. */
function describe({ task, classes, featureNames }: ModelInfo): Parameters {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
  return {
    task,
    ...(classes !== undefined && { classes: text(classes) }),
    ...(featureNames !== undefined && { feature_names: text(featureNames) }),
  };
}

function unloaded(name: string): LifecycleError {
  return new LifecycleError(
    'ML_MODEL_NOT_LOADED',
    `model ${JSON.stringify(name)} was unloaded by a client; load it by the repository API first`,
  );
}
