import type { EvictReason } from '../spec/events.ts';
import type { ModelState } from '../spec/health.ts';
import type { ModelEntry } from './build-model.ts';
import type { ModelRequest } from './model-resolver.ts';
import type { ModelSlot } from './model-slot.ts';

/** What a table needs to know of the registry around it. */
export interface SlotTableParts {
  create(request: ModelRequest): ModelSlot;
  /** Told of each slot that becomes known. */
  joined(slot: ModelSlot): void;
  /** Whether a slot of that name stays known even while it stands for nothing. */
  keeps(name: string): boolean;
  /** Whether something else than slots uses an entry. */
  holds(entry: ModelEntry): boolean;
  /** Frees an entry after the calls in flight. */
  free(entry: ModelEntry): Promise<void>;
}

const MOST_ALIVE_FIRST: readonly ModelState[] = ['ready', 'loading', 'unloading', 'failed', 'unloaded'];

/** The slots of a registry: one for each name and version that was asked for. */
export class SlotTable {
  readonly #parts: SlotTableParts;
  readonly #slots = new Set<ModelSlot>();
  /** The slot that the next handle for a request gets. One that was forgotten may live on in a handle. */
  readonly #byRequest = new Map<string, ModelSlot>();

  constructor(parts: SlotTableParts) {
    this.#parts = parts;
  }

  [Symbol.iterator](): Iterator<ModelSlot> {
    return this.#slots.values();
  }

  of(request: ModelRequest): ModelSlot {
    let slot = this.#byRequest.get(keyOf(request));
    if (slot === undefined) {
      slot = this.#parts.create(request);
      this.know(slot);
    }
    return slot;
  }

  know(slot: ModelSlot): void {
    if (this.#slots.has(slot)) return;
    this.#slots.add(slot);
    const key = keyOf(slot.request);
    if (!this.#byRequest.has(key)) this.#byRequest.set(key, slot);
    this.#parts.joined(slot);
  }

  /** Names that come with requests must not fill the memory, nor make `health` fail for good. */
  forget(slot: ModelSlot): void {
    if (!slot.loaded() && !this.#parts.keeps(slot.request.name)) this.#drop(slot);
  }

  /** Nobody asks this slot any more. */
  retire(slot: ModelSlot): void {
    this.#drop(slot);
    slot.retire();
  }

  /** Whether anything uses an entry. */
  uses(entry: ModelEntry): boolean {
    return this.#parts.holds(entry) || [...this.#slots].some((slot) => slot.uses(entry));
  }

  /** Frees a model that no request stands for any more. */
  replaced(entry: ModelEntry): void {
    if (!entry.live || this.uses(entry)) return;
    this.#parts.free(entry).catch((error: unknown) => {
      process.emitWarning(String(error), { type: 'BaseMLServiceWarning', code: 'ML_UNLOAD' });
    });
  }

  evicted(entry: ModelEntry, reason: EvictReason): void {
    for (const slot of this.#slots) slot.evicted(entry, reason);
  }

  /** The state of each artefact that a slot stands for: what one of several requests has loaded is loaded. */
  states(): ReadonlyMap<string | undefined, ModelState> {
    const states = new Map<string | undefined, ModelState>();
    for (const slot of this.#slots) {
      const { artefact, state } = slot.health();
      const known = states.get(artefact) ?? 'unloaded';
      if (MOST_ALIVE_FIRST.indexOf(state) < MOST_ALIVE_FIRST.indexOf(known)) states.set(artefact, state);
    }
    return states;
  }

  #drop(slot: ModelSlot): void {
    this.#slots.delete(slot);
    const key = keyOf(slot.request);
    if (this.#byRequest.get(key) === slot) this.#byRequest.delete(key);
  }
}

function keyOf({ area, name, version, exact, shadow }: ModelRequest): string {
  return `${area}/${name}@${version}${exact === true ? ' exact' : ''}${shadow === true ? ' shadow' : ''}`;
}
