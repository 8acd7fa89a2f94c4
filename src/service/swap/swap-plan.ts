import type { SwapTrigger } from '../../spec/swap.ts';
import type { ModelSlot, SlotHost } from '../model-slot.ts';
import type { ModelEntry } from '../build-model.ts';
import type { ModelRequest, ResolvedModel } from '../model-resolver.ts';
import type { ModelFamily } from './pins.ts';

/** What is to serve. */
export interface Targets {
  /** The version that the swap is about. */
  readonly main: ResolvedModel;
  /** What a request stands for afterwards; `undefined`: what it then resolves to by itself. */
  of(request: ModelRequest): ResolvedModel | undefined;
}

/** One version to take over from another. */
export interface SwapPlan {
  readonly family: ModelFamily;
  readonly trigger: SwapTrigger;
  /** What was asked for, for messages and events. */
  readonly requested: string;
  /** Which requests of the family it is about. */
  moves(request: ModelRequest): boolean;
  /** @throws `ML_MODEL_NOT_FOUND`, `ML_MODEL_VERSION_NOT_FOUND`, ... */
  targets(): Promise<Targets>;
  /** Makes the names mean it from now on. At once: nothing can come between this and the slots that follow. */
  commit(): void;
}

/** What swaps need of the registry. */
export interface SwapHost extends SlotHost {
  /** Every slot, the oldest first. */
  slots(): Iterable<ModelSlot>;
  slot(request: ModelRequest): ModelSlot;
  /** Whether any slot, or a swap under way, uses an entry. */
  uses(entry: ModelEntry): boolean;
}
