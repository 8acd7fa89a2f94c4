import type { MetricsSource } from './metrics-source.ts';

// Shared by all copies of the package in a process, as the channels of `node:diagnostics_channel` are.
const LIVE_SOURCES = Symbol.for('base-ml-service.live-sources.v1');
const shared = globalThis as { [LIVE_SOURCES]?: Set<WeakRef<MetricsSource>> };

/** Lets metrics of the whole process read this registry until it is closed. Held weakly: nobody must close it. */
export function announceSource(source: MetricsSource): () => void {
  const sources = (shared[LIVE_SOURCES] ??= new Set());
  const reference = new WeakRef(source);
  sources.add(reference);
  return () => void sources.delete(reference);
}

/** The registries that are open. */
export function liveSources(): MetricsSource[] {
  const found: MetricsSource[] = [];
  for (const reference of shared[LIVE_SOURCES] ?? []) {
    const source = reference.deref();
    if (source === undefined) shared[LIVE_SOURCES]?.delete(reference);
    else found.push(source);
  }
  return found;
}
