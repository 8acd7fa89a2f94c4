import type { RepositoryIndexEntry } from '../protocol/messages.ts';
import type { MLServiceRegistry, ModelSummary } from '../service/ml-service-registry.ts';
import type { ModelState } from '../spec/health.ts';

/** The protocol's word for a state; one that was never loaded has none. */
const STATES: Readonly<Record<ModelState, string>> = {
  ready: 'READY',
  loading: 'LOADING',
  unloading: 'UNLOADING',
  failed: 'UNAVAILABLE',
  unloaded: '',
};

/**
 * Every model and version of the registry, once, with the state of the most alive of its files. A model whose path was
 * set is there once: whatever version is asked for, it answers.
 */
export async function repositoryIndex(
  registry: MLServiceRegistry,
  { readyOnly, unloaded }: { readonly readyOnly: boolean; readonly unloaded: ReadonlySet<string> },
): Promise<RepositoryIndexEntry[]> {
  const entries = new Map<string, RepositoryIndexEntry>();
  const models = await registry.models();
  const set = new Set(models.filter(({ setBy }) => setBy !== undefined).map(({ name }) => name));
  for (const { area, name, label, version, state, setBy, problem } of models) {
    if (area !== 'trained' || (set.has(name) && setBy === undefined)) continue;
    const shown = label ?? version ?? '';
    const key = JSON.stringify([name, shown]);
    const entry = { name, version: shown, ...standing({ state, problem }, unloaded.has(name)) };
    const known = entries.get(key);
    if (known === undefined || rank(entry) > rank(known)) entries.set(key, entry);
  }
  const all = [...entries.values()];
  return readyOnly ? all.filter(({ state }) => state === 'READY') : all;
}

function standing(
  { state, problem }: Pick<ModelSummary, 'state' | 'problem'>,
  unloaded: boolean,
): Pick<RepositoryIndexEntry, 'state' | 'reason'> {
  if (unloaded) return { state: 'UNAVAILABLE', reason: 'unloaded' };
  if (state === 'failed') return { state: STATES[state], reason: 'it could not be loaded' };
  if (state === 'unloaded' && problem !== undefined) return { state: 'UNAVAILABLE', reason: 'it cannot be loaded' };
  return { state: STATES[state], reason: '' };
}

const RANKS = ['', 'UNAVAILABLE', 'UNLOADING', 'LOADING', 'READY'];

function rank({ state }: RepositoryIndexEntry): number {
  return RANKS.indexOf(state);
}
