import type { RepositoryIndexEntry } from '../protocol/messages.ts';
import type { MLServiceRegistry } from '../service/ml-service-registry.ts';
import type { ModelState } from '../spec/health.ts';

/** The protocol's word for a state; one that was never loaded has none. */
const STATES: Readonly<Record<ModelState, string>> = {
  ready: 'READY',
  loading: 'LOADING',
  unloading: 'UNLOADING',
  failed: 'UNAVAILABLE',
  unloaded: '',
};

/** Every model and version of the registry, once, with the state of the most alive of its files. */
export async function repositoryIndex(
  registry: MLServiceRegistry,
  { readyOnly, unloaded }: { readonly readyOnly: boolean; readonly unloaded: ReadonlySet<string> },
): Promise<RepositoryIndexEntry[]> {
  const entries = new Map<string, RepositoryIndexEntry>();
  for (const { area, name, label, version, state } of await registry.models()) {
    if (area !== 'trained') continue;
    const shown = label ?? version ?? '';
    const key = JSON.stringify([name, shown]);
    const entry = unloaded.has(name)
      ? { name, version: shown, state: 'UNAVAILABLE', reason: 'unloaded' }
      : { name, version: shown, state: STATES[state], reason: state === 'failed' ? 'it could not be loaded' : '' };
    const known = entries.get(key);
    if (known === undefined || rank(entry) > rank(known)) entries.set(key, entry);
  }
  const all = [...entries.values()];
  return readyOnly ? all.filter(({ state }) => state === 'READY') : all;
}

const RANKS = ['', 'UNAVAILABLE', 'UNLOADING', 'LOADING', 'READY'];

function rank({ state }: RepositoryIndexEntry): number {
  return RANKS.indexOf(state);
}
