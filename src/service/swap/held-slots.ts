import { acquireModel } from '../acquire-model.ts';
import type { ModelEntry } from '../build-model.ts';
import type { ResolvedModel } from '../model-resolver.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { SwapHost, SwapPlan } from './swap-plan.ts';

interface Before {
  readonly resolved: ResolvedModel | undefined;
  readonly entry: ModelEntry | undefined;
}

/** Slots whose calls wait while an old version is freed before the new one is loaded, and what they served. */
export class HeldSlots {
  readonly #host: SwapHost;
  readonly #plan: SwapPlan;
  readonly #before = new Map<ModelSlot, Before>();

  constructor(host: SwapHost, plan: SwapPlan) {
    this.#host = host;
    this.#plan = plan;
  }

  get active(): boolean {
    return this.#before.size > 0;
  }

  hold(slots: readonly ModelSlot[]): void {
    for (const slot of slots) this.add(slot, 'unload-started');
  }

  add(slot: ModelSlot, what: 'unload-started' | 'load-started'): void {
    const { resolved, entry } = slot;
    this.#before.set(slot, { resolved, entry });
    slot.hold(entry === undefined ? 'load-started' : what, this.#reason());
  }

  /** The old versions are gone. */
  freed(): void {
    for (const slot of this.#before.keys()) slot.hold('load-started', this.#reason());
  }

  /** The new version has taken over. */
  end(): void {
    this.#before.clear();
  }

  /** Lets the slots serve what they served, loading it again where it was freed; whether that worked for all. */
  async restore(): Promise<boolean> {
    let restored = true;
    for (const [slot, { resolved, entry }] of this.#before) {
      try {
        if (resolved === undefined || entry === undefined) slot.resume('the swap failed');
        else if (entry.live) slot.adopt(resolved, entry);
        else await this.#reload(slot, resolved);
      } catch {
        restored = false;
        slot.resume('the swap failed, and so did loading it again');
      }
    }
    this.#before.clear();
    return restored;
  }

  async #reload(slot: ModelSlot, resolved: ResolvedModel): Promise<void> {
    this.#host.assertOpen();
    const { name, version } = slot.request;
    const load = { name, requested: version, resolved, resolveMs: 0, signal: undefined, afresh: true };
    const entry = await acquireModel(this.#host, load);
    slot.adopt(resolved, entry);
    entry.release();
  }

  #reason(): string {
    return `${this.#plan.requested} takes its place`;
  }
}
