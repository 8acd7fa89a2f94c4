import type { CallGate } from '../execution/call-gate.ts';
import { HoldWatch } from '../execution/hold-watch.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';
import type { LoaderMatch } from '../loaders/loader-registry.ts';
import { moveModel, type MoveWork } from './move-model.ts';

/** Gates of models that are watched, so that a gate need not know the model around it. */
const watches = new WeakMap<CallGate, HoldWatch>();

/** What watches the calls of a gate, if anything does. */
export function watchOf(gate: CallGate): HoldWatch | undefined {
  return watches.get(gate);
}

/** Moves a model to a thread once it turns out to hold the event loop, where its loader can be taken there. */
export function watchHolds(
  settings: BuildSettings,
  request: BuildRequest,
  { match, ...work }: Omit<MoveWork, 'reason'> & { readonly match: LoaderMatch },
): void {
  const { descriptor, portable } = match;
  if (!portable || descriptor.capabilities?.threadSafe !== true) return;
  const { placed } = work;
  const watch = new HoldWatch(settings.runtime.config.maxHoldMs, (reason) => {
    void moveModel(settings, request, { ...work, reason });
  });
  placed.watch = watch;
  watches.set(placed.gate, watch);
}
