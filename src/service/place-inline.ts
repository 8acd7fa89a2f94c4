import type { CallGate } from '../execution/call-gate.ts';
import { guardRows } from '../execution/guard-rows.ts';
import { createInlineRunner } from '../execution/inline-runner.ts';
import { warmUpOf } from '../execution/warm-up.ts';
import { orAbort } from '../internal/or-abort.ts';
import type { LoadContext, LoadedModel } from '../spec/model-loader.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';
import { checkLoaded } from './check-loaded.ts';
import { freeModel } from './free-model.ts';
import { gateOf } from './gate-of.ts';
import type { Loadable } from './loadable.ts';
import type { PhaseClock } from './phase-clock.ts';
import type { Placement } from './placed-model.ts';
import { watchOf } from './watch-holds.ts';

/** What is loaded on the event loop. */
export interface InlineWork {
  readonly loadable: Loadable;
  readonly signal: AbortSignal;
  readonly clock: PhaseClock;
  readonly warn: LoadContext['warn'];
}

/** A model that its loader gave, and how the process was before. */
export interface InlineLoad {
  readonly loaded: LoadedModel;
  readonly rssBefore: number;
  /** Whether no other load was under way. */
  readonly alone: boolean;
}

/** From this many bytes on, growth of the process says more about a model than the size of its file. */
const MEASURABLE_BYTES = 32 * 2 ** 20;

/**
 * Lets the loader build a model.
 *
 * @throws what the loader raises; `ML_ABORTED`
 */
export async function loadInline(
  settings: BuildSettings,
  request: BuildRequest,
  { loadable, signal, clock, warn }: InlineWork,
): Promise<InlineLoad> {
  const { artefact, match, metadata, guard } = loadable;
  const { limits, extraFeatures, runtime } = settings;
  const rssBefore = process.memoryUsage.rss();
  const alone = runtime.loads === 1;
  const loader = await match.loader();
  const load = async (): Promise<LoadedModel> => {
    const loaded = await loader.load({
      artefact,
      metadata,
      options: settings.loaderOptions[loader.name] ?? {},
      limits,
      extraFeatures,
      signal,
      phase: (phase) => clock.enter(phase),
      warn,
    });
    return guard === undefined ? loaded : guardRows(loaded, guard, extraFeatures);
  };
  const loaded = await orAbort(load(), signal, (late) => void freeModel(late, request.name));
  return { loaded, rssBefore, alone };
}

/**
 * Warms a model up that is to run on the event loop.
 *
 * @throws `ML_LOADER_INVALID`, `ML_ABORTED`, what the warm-up raises
 */
export async function placeInline(
  settings: BuildSettings,
  request: BuildRequest,
  { loadable, signal, clock, warn, loaded, rssBefore, alone }: InlineWork & InlineLoad,
): Promise<Placement> {
  const { runtime } = settings;
  let warming: Promise<void> | undefined;
  try {
    checkLoaded(loaded, loadable.match.descriptor.name);
    const warmUp = runtime.config.warmUp ? warmUpOf(loaded, request.metadata, warn) : undefined;
    if (warmUp !== undefined) {
      clock.enter('warm-up');
      warming = warmUp();
      await orAbort(warming, signal, () => undefined);
    }
  } catch (error) {
    const free = (): Promise<void> => freeModel(loaded, request.name);
    // An abort does not wait for an engine that computes; the engine keeps its model until it is done.
    if (warming === undefined) await free();
    else void warming.then(free, free);
    throw error;
  }
  const grown = process.memoryUsage.rss() - rssBefore;
  const measuredBytes = alone && runtime.loads === 1 ? Math.max(0, grown) : undefined;
  const gate: CallGate = gateOf(settings, request, {
    runner: createInlineRunner(runtime.config.admission.maxConcurrency),
    watch: () => watchOf(gate),
  });
  return {
    loaded,
    place: 'inline',
    gate,
    host: undefined,
    threads: runtime.threads.processors,
    bytes: residentBytes(loaded, loadable.artefact.size, measuredBytes),
    measuredBytes,
    dispose: () => freeModel(loaded, request.name),
  };
}

/** What the loader says; of one that guesses, what was measured where that is much more than the file. */
function residentBytes({ byteSize }: LoadedModel, fileBytes: number, measuredBytes = 0): number {
  if (byteSize !== undefined) return byteSize;
  return measuredBytes > MEASURABLE_BYTES ? Math.max(fileBytes, measuredBytes) : fileBytes;
}
