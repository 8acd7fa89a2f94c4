import { CallerView } from '../access/caller-view.ts';
import type { EventSource, ServiceEventMap, ServiceEventName, ServiceListener } from '../spec/events.ts';
import type { ModelHealth } from '../spec/health.ts';
import type { CallOptions, Model, ModelInfo, Prediction } from '../spec/model.ts';
import type { Row } from '../spec/rows.ts';
import type { StandardSchemaV1 } from '../spec/standard-schema.ts';
import { MLServiceRegistry } from './ml-service-registry.ts';
import { schemaModel } from './schema-model.ts';
import { checkServiceOptions } from './service-contract.ts';

/** Options of a service. */
export interface ServiceOptions {
  /** Default: `MLServiceRegistry.default()`, asked for on first use. */
  readonly registry?: MLServiceRegistry;
}

/**
 * A service around one model. A subclass needs nothing but the model's name:
 *
 * ```ts
 * class FraudService extends BaseMLService<Transaction, number> {
 *   readonly modelName = 'fraud_detector';
 *   override readonly modelVersion = 'v1';
 *
 *   predict(transactions: Transaction[]) {
 *     return this.model.predict(transactions); // loads on first use
 *   }
 * }
 * ```
 *
 * Type parameters: `R` is a row as callers give it, `P` a prediction for one row.
 */
export abstract class BaseMLService<R = Row, P = Prediction> extends CallerView implements EventSource {
  abstract readonly modelName: string;
  /** A label (`v1`), a version, a semver range, an alias, or `latest`. */
  readonly modelVersion: string = 'latest';

  /**
   * A schema of one row: of zod, valibot, arktype or whatever else conforms to Standard Schema. Rows that are given to
   * `this.model` are validated by it, and go on as it gives them. Default: they go on as they are.
   */
  readonly inputSchema?: StandardSchemaV1;

  #registry: MLServiceRegistry | undefined;
  #model: Model<R, P> | undefined;
  /** The functions that were registered in the place of listeners, by event and listener. */
  readonly #listeners = new Map<ServiceEventName, Map<unknown, ((payload: unknown) => void)[]>>();

  /** @throws `ML_SERVICE_INVALID` if what is passed is not `{ registry }` */
  constructor(options: ServiceOptions = {}) {
    super();
    checkServiceOptions(options);
    this.#registry = options.registry;
  }

  /** The registry behind this service. */
  get registry(): MLServiceRegistry {
    return (this.#registry ??= MLServiceRegistry.default());
  }

  /**
   * The model. Touching it loads nothing; its first call does.
   *
   * @throws `ML_SERVICE_INVALID` if `modelName` is missing
   */
  get model(): Model<R, P> {
    if (this.#model === undefined) {
      // Fields of a subclass do not exist yet while this constructor runs, so they are checked here.
      this.registry.register(this);
      const model = this.registry.model<R, P>(this.modelName, this.modelVersion);
      this.#model = this.inputSchema === undefined ? model : schemaModel(model, this.inputSchema);
    }
    return this.#model;
  }

  /** A preprocessing artefact of `models/preprocessing/`, e.g. `scaler`; loaded by its first call. */
  preprocessor(name: string, version = 'latest'): Model {
    return this.registry.model(name, version, { area: 'preprocessing' });
  }

  /** Loads the model now rather than with the first call. */
  async load(options: CallOptions = {}): Promise<ModelInfo> {
    this.registry.register(this);
    return (await this.registry.load(this.modelName, this.modelVersion, options)).info;
  }

  /**
   * Frees the model after the calls in flight; the next call loads it again.
   *
   * @throws `ML_MODEL_UNLOAD_TIMEOUT` after `timeoutMs` (default 10,000)
   */
  async unload(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.registry.register(this);
    await this.registry.unload(this.modelName, this.modelVersion, options);
  }

  health(): ModelHealth {
    this.registry.register(this);
    return this.registry.modelHealth(this.modelName, this.modelVersion);
  }

  /** Listens to events of this service's model, whatever its version, and to those about memory. */
  on<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.registry.on(event, this.#ours(event, listener, false));
    return this;
  }

  once<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    this.registry.on(event, this.#ours(event, listener, true));
    return this;
  }

  off<E extends ServiceEventName>(event: E, listener: ServiceListener<E>): this {
    for (const registered of this.#listeners.get(event)?.get(listener) ?? []) this.registry.off(event, registered);
    this.#listeners.get(event)?.delete(listener);
    return this;
  }

  /** `unload()`, and an end to the listeners of this service. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const [event, listeners] of this.#listeners) {
      for (const registered of [...listeners.values()].flat()) this.registry.off(event, registered);
    }
    this.#listeners.clear();
    await this.unload();
  }

  #ours<E extends ServiceEventName>(event: E, listener: ServiceListener<E>, once: boolean): (payload: unknown) => void {
    const registered = (payload: unknown): unknown => {
      if (!this.#concerns(payload as object)) return undefined;
      if (once) this.#forget(event, listener, registered);
      // Its result goes back, so that an async listener that rejects is noticed.
      return listener(payload as ServiceEventMap[E]);
    };
    const ours = this.#listeners.get(event) ?? new Map<unknown, ((payload: unknown) => void)[]>();
    this.#listeners.set(event, ours);
    ours.set(listener, [...(ours.get(listener) ?? []), registered]);
    return registered;
  }

  #forget(event: ServiceEventName, listener: unknown, registered: (payload: unknown) => void): void {
    this.registry.off(event, registered);
    const ours = this.#listeners.get(event);
    const left = ours?.get(listener)?.filter((one) => one !== registered) ?? [];
    if (left.length > 0) ours?.set(listener, left);
    else ours?.delete(listener);
  }

  #concerns(payload: object): boolean {
    return !('model' in payload) || payload.model === this.modelName;
  }
}
