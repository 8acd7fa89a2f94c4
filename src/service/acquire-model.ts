import { buildSource } from './build-source.ts';
import type { ModelCache } from '../cache/model-cache.ts';
import type { BuildSettings, BuiltModel, ModelEntry } from './build-model.ts';
import type { ResolvedModel } from './model-resolver.ts';

/** What loading takes from its surroundings. */
export interface LoadHost {
  readonly cache: ModelCache<BuiltModel>;
  readonly settings: BuildSettings;
  readonly pinned: ReadonlySet<string>;
  /** Waits for a place among the loads that run at the same time. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** What is to be loaded, for whom. */
export interface LoadRequest {
  readonly name: string;
  /** What the caller asked for, e.g. `v1`. */
  readonly requested: string;
  readonly resolved: ResolvedModel;
  /** Milliseconds that the resolution took, for the event. */
  readonly resolveMs: number;
  readonly signal: AbortSignal | undefined;
  /** Tries at once even if the last try failed a short while ago. */
  readonly afresh: boolean;
  /** Told when it is loaded by this request, not by another one that came first. */
  readonly begun?: () => void;
}

/**
 * The entry of an artefact with a lease taken, loading it first if need be.
 *
 * @throws whatever loading raises: see `docs/errors.md`
 */
export function acquireModel(host: LoadHost, request: LoadRequest): Promise<ModelEntry> {
  const { cache, settings, pinned } = host;
  const { name, resolved, resolveMs, signal, afresh, begun } = request;
  return cache.acquire({
    key: resolved.key,
    estimate: resolved.size,
    pinned: pinned.has(name),
    signal,
    ignoreBackoff: afresh,
    load: (loading, makeRoom) =>
      host.inTurn(() => {
        begun?.();
        return buildSource(settings, {
          requested: request.requested,
          name,
          ref: resolved.ref,
          metadata: resolved.metadata,
          metadataFiles: resolved.metadataFiles,
          place: resolved.place,
          remote: resolved.remote,
          loaderOptions: resolved.loaderOptions,
          engine: resolved.engine,
          fresh: resolved.fresh,
          givenUp: (error) => cache.fail(resolved.key, error),
          resolveMs,
          signal: loading,
          makeRoom,
          open: (open) => resolved.open({ ...open, maxBytes: settings.limits.maxModelBytes }),
        });
      }),
  });
}
