import { AbortedError } from '../../errors/aborted-error.ts';
import { LifecycleError } from '../../errors/lifecycle-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { SwapError } from '../../errors/swap-error.ts';
import { orAbort } from '../../internal/or-abort.ts';
import type { ModelRef, SwapFacts } from '../../spec/events.ts';
import type { SwapDifference, SwapResult } from '../../spec/swap.ts';
import { acquireModel } from '../acquire-model.ts';
import type { ModelEntry } from '../build-model.ts';
import type { ResolvedModel } from '../model-resolver.ts';
import type { ModelSlot } from '../model-slot.ts';
import { checkSamples } from './check-samples.ts';
import { compareSignatures } from '../compatibility/compare-signatures.ts';
import { HeldSlots } from './held-slots.ts';
import { signatureOf } from '../compatibility/signature.ts';
import { StepTimer } from './step-timer.ts';
import type { TakeOver } from './swap-options.ts';
import type { SwapHost, SwapPlan, Targets } from './swap-plan.ts';

/** A new version in memory, held by the swap. */
interface Loaded {
  readonly resolved: ResolvedModel;
  readonly entry: ModelEntry;
  /** Whether this swap loaded it. */
  readonly ours: boolean;
}

/** One swap from its first step to its last. Whatever fails before the switch leaves everything as it was. */
export class SwapRun {
  readonly plan: SwapPlan;
  readonly #host: SwapHost;
  readonly #options: TakeOver;
  readonly #timer = new StepTimer();
  readonly #aborted = new AbortController();
  /** What is to serve, by key; empty before it is known and after the switch. */
  readonly #wanted = new Map<string, ResolvedModel>();
  readonly #loaded = new Map<string, Loaded>();
  readonly #held: HeldSlots;
  #targets: Targets | undefined;
  #from: ModelRef | undefined;
  #differences: SwapDifference[] = [];
  /** Ends what keeps the old versions from being evicted. */
  #letGo: (() => void)[] = [];

  constructor(host: SwapHost, plan: SwapPlan, options: TakeOver) {
    this.#host = host;
    this.plan = plan;
    this.#options = options;
    this.#held = new HeldSlots(host, plan);
  }

  /** Whether an entry is what is to serve, though no slot may use it yet. */
  holds(entry: ModelEntry): boolean {
    return this.#wanted.has(entry.key);
  }

  /** Lets a slot that was made meanwhile wait with the others. */
  joined(slot: ModelSlot): void {
    if (this.#held.active && this.#concerns(slot)) this.#held.add(slot, 'load-started');
  }

  abort(reason: MLServiceError): void {
    this.#aborted.abort(reason);
  }

  /**
   * @throws `ML_SWAP_INCOMPATIBLE`, `ML_SWAP_SAMPLES`, `ML_SWAP_FAILED` with the step and its error as the cause;
   * `ML_ABORTED`, `ML_REGISTRY_CLOSED`
   */
  async run(): Promise<SwapResult> {
    const { signal } = this.#options;
    const leave = (): void =>
      this.abort(new AbortedError('ML_ABORTED', 'the swap was aborted by its signal', { cause: signal?.reason }));
    signal?.addEventListener('abort', leave, { once: true });
    try {
      if (signal?.aborted === true) leave();
      return await this.#run();
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  async #run(): Promise<SwapResult> {
    const { events } = this.#host.settings;
    this.#from = this.#slots().find((slot) => slot.served !== undefined)?.served?.resolved.ref;
    events.emit('swap:start', this.#facts());
    try {
      this.#checkGoing();
      this.#targets = await this.plan.targets();
      const changed = !this.#inUse();
      const outcome = changed ? await this.#takeOver(this.#targets) : this.#confirm();
      const result: SwapResult = {
        from: this.#from,
        to: this.#targets.main.ref,
        changed,
        ...outcome,
        differences: this.#differences,
        ...this.#timer.read(),
      };
      events.emit('swap:end', { ...this.#facts(), ...result });
      return result;
    } catch (caught) {
      const step = this.#timer.current;
      const restored = await this.#undo();
      const error = this.#typed(caught, restored);
      events.emit('swap:error', { ...this.#facts(), step, error, ...this.#timer.read() });
      throw error;
    }
  }

  async #takeOver({ main }: Targets): Promise<Pick<SwapResult, 'samples' | 'drained'>> {
    for (const resolved of [main, ...this.#slots().flatMap((slot) => this.#target(slot) ?? [])])
      this.#wanted.set(resolved.key, resolved);
    if (this.#options.policy === 'memory-first') await this.#makeWay();
    else this.#keep();
    this.#timer.enter('load');
    await this.#load();
    this.#timer.enter('compare');
    this.#compare();
    this.#timer.enter('samples');
    const samples = await this.#checkSamples();
    this.#timer.enter('switch');
    const replaced = this.#switch();
    this.#timer.enter('drain');
    return { samples, drained: await this.#drain(replaced) };
  }

  /** It serves already, and is now what serves whatever is asked for. */
  #confirm(): Pick<SwapResult, 'samples' | 'drained'> {
    this.#timer.enter('switch');
    this.#checkGoing();
    this.plan.commit();
    return { samples: 'skipped', drained: true };
  }

  /** The slots that it is about, the oldest first. */
  #slots(): ModelSlot[] {
    return [...this.#host.slots()].filter((slot) => this.#concerns(slot));
  }

  #concerns({ request }: ModelSlot): boolean {
    const { area, name } = this.plan.family;
    return request.name === name && request.area === area && this.plan.moves(request);
  }

  #target(slot: ModelSlot): ResolvedModel | undefined {
    return this.#targets?.of(slot.request);
  }

  /** Whether every request that was served stands for its target already. */
  #inUse(): boolean {
    const asked = this.#slots().filter(({ served, resolved }) => served !== undefined || resolved !== undefined);
    return (
      asked.length > 0 &&
      asked.every((slot) => slot.served !== undefined && slot.resolved?.key === this.#target(slot)?.key)
    );
  }

  #entries(): Set<ModelEntry> {
    return new Set(this.#slots().flatMap(({ entry }) => (entry === undefined ? [] : [entry])));
  }

  /** What serves now must not make room for what may never serve. */
  #keep(): void {
    this.#letGo = Array.from(this.#entries(), (entry) => entry.keep());
  }

  /** Lets calls wait, and frees what they would be answered by. */
  async #makeWay(): Promise<void> {
    this.#timer.enter('drain');
    const entries = this.#entries();
    this.#held.hold(this.#slots());
    const { drainTimeoutMs } = this.#options;
    for (const entry of entries) {
      // What others use stays, and what is to serve.
      if (this.#host.uses(entry)) continue;
      await this.#quiet(entry, drainTimeoutMs);
      if (entry.live && !this.#host.uses(entry)) await this.#host.cache.drop(entry.key, 'replaced', drainTimeoutMs);
    }
    this.#held.freed();
  }

  /** Waits until no call is in flight on an entry, without taking it out of the cache. */
  async #quiet(entry: ModelEntry, timeoutMs: number): Promise<void> {
    const { clock } = this.#host.settings;
    const late = new AbortController();
    const cancel = clock.after(timeoutMs, () => late.abort(stillUsed(entry, timeoutMs)));
    try {
      const signal = AbortSignal.any([late.signal, this.#aborted.signal]);
      while (entry.leases > 0) await orAbort(entry.quiet(), signal, () => undefined);
    } finally {
      cancel();
    }
  }

  async #load(): Promise<void> {
    const { family, requested } = this.plan;
    for (const resolved of this.#wanted.values()) {
      const there = this.#host.cache.tryAcquire(resolved.key);
      const entry =
        there ??
        (await acquireModel(this.#host, {
          name: family.name,
          requested,
          resolved,
          resolveMs: 0,
          signal: this.#aborted.signal,
          afresh: true,
        }));
      this.#loaded.set(resolved.key, { resolved, entry, ours: there === undefined });
      this.#checkGoing();
    }
  }

  /** @throws `ML_SWAP_INCOMPATIBLE` */
  #compare(): void {
    this.#differences = [];
    const seen = new Set<string>();
    for (const slot of this.#slots()) {
      const target = this.#target(slot);
      const loaded = target && this.#loaded.get(target.key);
      const { served } = slot;
      if (served === undefined || loaded === undefined) continue;
      const pair = `${served.resolved.key} ${loaded.resolved.key}`;
      if (seen.has(pair)) continue;
      seen.add(pair);
      this.#differences.push(...compareSignatures(served.signature, signatureOf(loaded.entry.value)));
    }
    if (this.#differences.length === 0 || this.#options.force) return;
    const { from, to } = this.#names();
    const lines = this.#differences.map(({ what, part, before, after }) => {
      return `\n  ${part === '' ? '' : `${part}: `}${what}: ${before} before, ${after} now`;
    });
    throw new SwapError(
      'ML_SWAP_INCOMPATIBLE',
      `${to} does not take over from ${from}: callers of that one may rely on what it lacks; force: true lets it pass; differences:${lines.join('')}`,
      { step: 'compare', details: { from, to, differences: this.#differences } },
    );
  }

  /** @throws `ML_SWAP_SAMPLES` */
  async #checkSamples(): Promise<'ok' | 'skipped'> {
    const { samples, tolerance } = this.#options;
    const { loadTimeoutMs, clock } = this.#host.settings;
    let outcome: 'ok' | 'skipped' = 'skipped';
    for (const { resolved, entry } of this.#loaded.values()) {
      const { label, loaded } = entry.value;
      const late = new AbortController();
      const cancel = clock.after(loadTimeoutMs, () => late.abort(tooSlow(label, loadTimeoutMs)));
      // Kept until the work is over, even where nobody waits for it any more.
      entry.lease();
      const work = checkSamples(loaded, resolved.metadata, { samples, tolerance, label }).finally(() =>
        entry.release(),
      );
      try {
        const signal = AbortSignal.any([late.signal, this.#aborted.signal]);
        if ((await orAbort(work, signal, () => undefined)) === 'ok') outcome = 'ok';
      } finally {
        cancel();
      }
    }
    return outcome;
  }

  /** One synchronous step: no call can find half of it done. Gives what was replaced. */
  #switch(): Set<ModelEntry> {
    this.#checkGoing();
    for (const { entry } of this.#loaded.values()) if (!entry.live) throw gone(entry);
    // Something else may have been loaded since the first look.
    this.#compare();
    this.plan.commit();
    const replaced = new Set<ModelEntry>();
    for (const slot of this.#slots()) {
      const loaded = this.#loaded.get(this.#target(slot)?.key ?? '');
      const previous = loaded === undefined ? slot.reset() : slot.adopt(loaded.resolved, loaded.entry);
      if (previous !== undefined) replaced.add(previous);
    }
    this.#held.end();
    this.#release();
    return replaced;
  }

  /** Frees what was replaced after the calls in flight; whether that was done in time. */
  async #drain(replaced: ReadonlySet<ModelEntry>): Promise<boolean> {
    const { cache } = this.#host;
    const drops = [...replaced]
      .filter((entry) => entry.live && !this.#host.uses(entry))
      .map((entry) => cache.drop(entry.key, 'replaced', this.#options.drainTimeoutMs));
    const results = await Promise.allSettled(drops);
    return results.every(({ status }) => status === 'fulfilled');
  }

  /** Frees what was loaded and lets the old versions serve again; whether they do. */
  async #undo(): Promise<boolean> {
    const loaded = [...this.#loaded.values()];
    this.#release();
    const unused = loaded.filter(({ entry, ours }) => ours && entry.live && !this.#host.uses(entry));
    const freed = unused.map(({ entry }) => this.#host.cache.drop(entry.key, 'unload', this.#options.drainTimeoutMs));
    // What still computes a sample is freed after that.
    await Promise.allSettled(freed);
    return this.#held.restore();
  }

  #release(): void {
    for (const { entry } of this.#loaded.values()) entry.release();
    this.#loaded.clear();
    this.#wanted.clear();
    for (const letGo of this.#letGo.splice(0)) letGo();
  }

  /** @throws why the swap is not to go on */
  #checkGoing(): void {
    this.#host.assertOpen();
    if (this.#aborted.signal.aborted) throw this.#aborted.signal.reason;
  }

  #facts(): SwapFacts {
    const { trigger, requested, family } = this.plan;
    const to = this.#targets?.main.ref ?? { model: family.name, version: undefined, artefact: undefined };
    return { ...to, trigger, requested, policy: this.#options.policy, from: this.#from };
  }

  #names(): { readonly from: string; readonly to: string } {
    const { family, requested } = this.plan;
    const from = this.#from?.artefact ?? this.#from?.model ?? 'nothing';
    return { from, to: this.#targets?.main.ref.artefact ?? `${family.name} ${requested}` };
  }

  #typed(caught: unknown, restored: boolean): MLServiceError {
    if (this.#aborted.signal.aborted) return this.#aborted.signal.reason as MLServiceError;
    if (caught instanceof SwapError && restored) return caught;
    const code = MLServiceError.isInstance(caught) ? caught.code : undefined;
    if (code === 'ML_REGISTRY_CLOSED') return caught as MLServiceError;
    const step = this.#timer.current;
    const { from, to } = this.#names();
    const text = caught instanceof Error ? caught.message : String(caught);
    const advice =
      code === 'ML_CACHE_BUDGET_EXHAUSTED' && this.#options.policy === 'availability-first'
        ? "; with policy: 'memory-first' there must be room for one of them only"
        : '';
    const left = restored
      ? this.#from === undefined
        ? 'nothing was changed'
        : `${from} goes on serving`
      : `${from} could not be loaded again either, and is tried again by the next call`;
    return new SwapError(
      'ML_SWAP_FAILED',
      `${to} does not take over, the step "${step}" failed: ${text}${advice}; ${left}`,
      { step, cause: caught, details: { from, to, code, restored } },
    );
  }
}

function stillUsed({ key, leases }: ModelEntry, timeoutMs: number): LifecycleError {
  return new LifecycleError(
    'ML_MODEL_UNLOAD_TIMEOUT',
    `${key} still has ${leases} calls in flight after ${timeoutMs} ms and was not freed`,
    { details: { key, leases, timeoutMs } },
  );
}

function tooSlow(label: string, timeoutMs: number): SwapError {
  return new SwapError(
    'ML_SWAP_SAMPLES',
    `${label} does not take over: it did not answer its sample rows within loadTimeoutMs (${timeoutMs} ms)`,
    { step: 'samples', details: { loadTimeoutMs: timeoutMs } },
  );
}

function gone({ value }: ModelEntry): LifecycleError {
  return new LifecycleError(
    'ML_MODEL_NOT_LOADED',
    `${value.label} was unloaded, or its worker ended, before it could take over`,
  );
}
