import { LifecycleError } from '../../errors/lifecycle-error.ts';
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

/** The models without which the process should get no requests. */
export class RequiredModels {
  readonly #required: Required;
  readonly #host: RequiredHost;

  constructor(required: Required, host: RequiredHost) {
    this.#required = required;
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
    const loads = await Promise.all(this.list().map((one) => this.#load(one, options)));
    return { ready: this.readiness().ready, loads };
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
