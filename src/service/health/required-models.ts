import { LifecycleError } from '../../errors/lifecycle-error.ts';
import type { Clock } from '../../internal/clock.ts';
import type { ModelHealth, Readiness, ReadyReport, RequiredLoad, RequiredModel } from '../../spec/health.ts';
import type { CallOptions } from '../../spec/model.ts';
import type { ModelSlot } from '../model-slot.ts';

/** What readiness depends on: models as `name` or `name@version`, or those of all services. */
export type Required = 'services' | readonly string[];

/** What required models take from their registry. */
export interface RequiredHost {
  /** Versions by model name, as the services in use ask for them. */
  readonly services: ReadonlyMap<string, ReadonlySet<string>>;
  slot(name: string, version: string): ModelSlot;
  closed(): boolean;
}

/** What is required, and whether what does not load is tried again. */
export interface RequiredSettings {
  readonly required: Required;
  readonly retryRequired: boolean;
  readonly cache: { readonly backoff: { readonly initialMs: number; readonly maxMs: number }; readonly clock: Clock };
}

/** The models without which the process should get no requests. */
export class RequiredModels {
  readonly #required: Required;
  readonly #settings: RequiredSettings;
  readonly #host: RequiredHost;
  /** Tries in a row after which something was still missing. */
  #failures = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(settings: RequiredSettings, host: RequiredHost) {
    this.#required = settings.required;
    this.#settings = settings;
    this.#host = host;
  }

  /** A name without a version stands for the versions that services of that name ask for; without one, for `latest`. */
  list(): RequiredModel[] {
    const names = this.#required === 'services' ? [...this.#host.services.keys()] : this.#required;
    const listed = new Map<string, RequiredModel>();
    for (const entry of names) {
      const at = entry.lastIndexOf('@');
      const name = at > 0 ? entry.slice(0, at) : entry;
      const versions = at > 0 ? [entry.slice(at + 1)] : (this.#host.services.get(name) ?? ['latest']);
      for (const version of versions) listed.set(`${name}@${version}`, { name, version });
    }
    return [...listed.values()];
  }

  has(name: string): boolean {
    return this.list().some((one) => one.name === name);
  }

  /** Looks only at what is known in memory. */
  readiness(): Readiness {
    const models = this.list().map(({ name, version }) => this.#host.slot(name, version).health());
    const missing = models.filter(({ available }) => !available);
    const closed = this.#host.closed();
    const reason = closed ? 'closed' : missing.map(describe).join('; ') || undefined;
    return { ready: reason === undefined, reason, models };
  }

  /** Loads those that are not loaded; the registry bounds how many at the same time. Rejects for none of them. */
  async load(options: CallOptions): Promise<ReadyReport> {
    this.#cancelRetry?.();
    const loads = await Promise.all(this.list().map((one) => this.#load(one, options)));
    const { ready } = this.readiness();
    // Who gives up waiting for them wants no more of it.
    if (this.#settings.retryRequired && options.signal?.aborted !== true) this.#planRetry(ready);
    return { ready, loads };
  }

  /** What was loaded and evicted since is left alone: loading it may evict another. */
  async #retry(): Promise<void> {
    const missing = this.list().filter(({ name, version }) => !this.#host.slot(name, version).health().available);
    await Promise.all(missing.map((one) => this.#load(one, {})));
    this.#planRetry(this.readiness().ready);
  }

  /** Tries again after a pause that doubles, for as long as something is missing. */
  #planRetry(ready: boolean): void {
    this.#cancelRetry?.();
    this.#failures = ready ? 0 : this.#failures + 1;
    if (ready || this.#host.closed()) return;
    const { backoff, clock } = this.#settings.cache;
    const pauseMs = Math.min(backoff.initialMs * 2 ** Math.min(this.#failures - 1, 30), backoff.maxMs);
    this.#cancelRetry = clock.after(pauseMs, () => {
      if (!this.#host.closed()) void this.#retry();
    });
  }

  async #load({ name, version }: RequiredModel, options: CallOptions): Promise<RequiredLoad> {
    const startedAt = performance.now();
    const slot = this.#host.slot(name, version);
    let error: Error | undefined;
    try {
      // What failed is tried again now, whatever pause its failure began.
      const entry = await slot.acquire({ ...options, afresh: slot.health().state === 'failed' });
      entry.release();
    } catch (caught) {
      error = caught instanceof Error ? caught : new LifecycleError('ML_MODEL_NOT_LOADED', String(caught));
    }
    return { name, version, error, durationMs: performance.now() - startedAt };
  }
}

function describe({ name, version, state, code }: ModelHealth): string {
  if (state === 'failed') return `${name} ${version} failed${code === undefined ? '' : ` (${code})`}`;
  return `${name} ${version} ${state === 'loading' ? 'is loading' : 'is not loaded yet'}`;
}
