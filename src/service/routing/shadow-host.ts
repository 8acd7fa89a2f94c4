import { ExecutionRuntime } from '../execution-runtime.ts';
import type { SlotHost } from '../model-slot.ts';

/** With `auto`, every artefact starts in a thread where its loader can be taken there. */
class EveryArtefact extends Set<string> {
  override has(): boolean {
    return true;
  }
}

/**
 * What a shadow's slot works with: the registry's cache and resolver, but places, threads and bounds of its own, so that
 * no copy takes a place that a caller's call could have.
 */
export function shadowHost(host: SlotHost, maxConcurrency: number): SlotHost {
  const { settings } = host;
  const { config } = settings.runtime;
  const admission = { ...config.admission, maxConcurrency, maxTotalConcurrency: maxConcurrency };
  const runtime = new ExecutionRuntime({ ...config, admission }, 1, new EveryArtefact());
  return { ...host, settings: { ...settings, runtime } };
}
