import { AbortedError } from '../../errors/aborted-error.ts';
import type { MLServiceError } from '../../errors/ml-service-error.ts';
import { OverloadError } from '../../errors/overload-error.ts';
import { SwapError } from '../../errors/swap-error.ts';
import { orAbort } from '../../internal/or-abort.ts';
import type { SwapPolicy, SwapResult } from '../../spec/swap.ts';
import type { ModelEntry } from '../build-model.ts';
import type { ResolvedModel } from '../model-resolver.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { ModelFamily } from './pins.ts';
import { SwapHistory } from './swap-history.ts';
import {
  type RollbackOptions,
  type SwapOptions,
  type TakeOver,
  takeOver,
  type TakeOverOptions,
} from './swap-options.ts';
import type { SwapHost, SwapPlan } from './swap-plan.ts';
import type * as plans from './swap-plans.ts';
import type { SwapRun } from './swap-run.ts';

/** Swaps of one name that may wait for one that is under way. */
const MAX_WAITING = 100;

/** Swaps of one name, one after the other. */
interface Queue {
  waiting: number;
  last: Promise<unknown>;
}

type MakePlan = (make: typeof plans) => SwapPlan;

/** The swaps of a registry: those of one name happen one after the other, those of different names side by side. */
export class SwapDesk {
  readonly #host: SwapHost;
  readonly #history = new SwapHistory();
  readonly #queues = new Map<string, Queue>();
  readonly #running = new Set<SwapRun>();

  constructor(host: SwapHost) {
    this.#host = host;
  }

  swap(name: string, options: SwapOptions): Promise<SwapResult> {
    const how = takeOver('swap', options);
    const family = { area: options.area ?? 'trained', name };
    return this.#inTurn(family, how, ({ planSwap }) => planSwap(this.#host, this.#history, family, options.to));
  }

  rollback(name: string, options: RollbackOptions): Promise<SwapResult> {
    // What served before was judged when it took over.
    const how: TakeOver = { ...takeOver('rollback', options), force: true, samples: 'off' };
    const family = { area: options.area ?? 'trained', name };
    return this.#inTurn(family, how, ({ planRollback }) => {
      const pins = this.#history.last(family);
      if (pins === undefined) throw noPrevious(family);
      return planRollback(this.#host, this.#history, family, pins);
    });
  }

  async setAlias(
    name: string,
    to: { readonly alias: string; readonly version: string },
    options: TakeOverOptions,
  ): Promise<void> {
    const how = takeOver('alias', options);
    const family: ModelFamily = { area: 'trained', name };
    try {
      await this.#inTurn(family, how, ({ planAlias }) => planAlias(this.#host, family, to));
    } catch (error) {
      // Whoever sets an alias loads a model: its errors are those of loading.
      throw error instanceof SwapError && error.code === 'ML_SWAP_FAILED' ? error.cause : error;
    }
  }

  /** Lets a file that came take over from what requests for some versions stand for. */
  change(
    family: ModelFamily,
    to: { readonly main: ResolvedModel; readonly versions: ReadonlySet<string> },
    policy: SwapPolicy,
  ): Promise<SwapResult> {
    return this.#inTurn(family, takeOver('swap', { to: 'latest', policy }), ({ planChange }) =>
      planChange(this.#host, this.#history, family, to),
    );
  }

  /** Whether a swap under way holds an entry that no slot uses yet. */
  holds(entry: ModelEntry): boolean {
    for (const run of this.#running) if (run.holds(entry)) return true;
    return false;
  }

  /** A slot was made: its calls wait where those of its name do. */
  joined(slot: ModelSlot): void {
    for (const run of this.#running) run.joined(slot);
  }

  /** Ends the swaps under way; what serves goes on until the registry frees it. */
  close(reason: MLServiceError): void {
    for (const run of this.#running) run.abort(reason);
  }

  async #inTurn(family: ModelFamily, how: TakeOver, plan: MakePlan): Promise<SwapResult> {
    this.#host.assertOpen();
    const key = `${family.area}/${family.name}`;
    const queue = this.#queues.get(key) ?? { waiting: 0, last: Promise.resolve() };
    if (queue.waiting > MAX_WAITING) {
      throw new OverloadError('ML_OVERLOADED', `${MAX_WAITING} swaps of ${family.name} wait already`, {
        details: { model: family.name, limit: MAX_WAITING },
      });
    }
    this.#queues.set(key, queue);
    queue.waiting += 1;
    const before = queue.last;
    const work = untilTurn(before, how.signal).then(() => this.#run(plan, how));
    // One that gives up waiting lets nobody pass.
    queue.last = Promise.allSettled([before, work]);
    try {
      return await work;
    } finally {
      queue.waiting -= 1;
      if (queue.waiting === 0) this.#queues.delete(key);
    }
  }

  async #run(plan: MakePlan, how: TakeOver): Promise<SwapResult> {
    const [made, { SwapRun }] = await Promise.all([import('./swap-plans.ts'), import('./swap-run.ts')]);
    this.#host.assertOpen();
    const run = new SwapRun(this.#host, plan(made), how);
    this.#running.add(run);
    try {
      return await run.run();
    } finally {
      this.#running.delete(run);
    }
  }
}

/** @throws `ML_ABORTED` */
async function untilTurn(before: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return void (await before);
  try {
    await orAbort(before, signal, () => undefined);
  } catch (error) {
    throw new AbortedError('ML_ABORTED', 'the swap was aborted by its signal while it waited for another', {
      cause: error,
    });
  }
}

function noPrevious({ name }: ModelFamily): SwapError {
  return new SwapError(
    'ML_SWAP_NO_PREVIOUS',
    `there is no swap of ${name} to roll back; swap(${JSON.stringify(name)}, { to }) names the version to serve`,
    { step: 'resolve', details: { model: name } },
  );
}
