import { ArtefactError } from '../errors/artefact-error.ts';
import type { MLServiceError } from '../errors/ml-service-error.ts';
import type { CallGate } from '../execution/call-gate.ts';
import { choosePlace } from '../execution/choose-place.ts';
import { HoldWatch } from '../execution/hold-watch.ts';
import { createInlineRunner } from '../execution/inline-runner.ts';
import { warmUpOf } from '../execution/warm-up.ts';
import { orAbort } from '../internal/or-abort.ts';
import type { LoaderMatch } from '../loaders/loader-registry.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { LoadContext, LoadedModel } from '../spec/model-loader.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';
import { checkLoaded } from './check-loaded.ts';
import { freeModel } from './free-model.ts';
import { gateOf } from './gate-of.ts';
import { isUnsupported, loadOrConvert } from './load-or-convert.ts';
import { moveModel } from './move-model.ts';
import { placePython } from './place-python.ts';
import { placeElsewhere } from './place-elsewhere.ts';
import type { PhaseClock } from './phase-clock.ts';
import { PlacedModel, type Placement } from './placed-model.ts';

/** What a load has in hand when the loader's turn comes. */
export interface PlaceWork {
  readonly artefact: Artefact;
  readonly signal: AbortSignal;
  readonly clock: PhaseClock;
  readonly match: LoaderMatch;
  readonly warn: LoadContext['warn'];
}

/** From this many bytes on, growth of the process says more about a model than the size of its file. */
const MEASURABLE_BYTES = 32 * 2 ** 20;

/**
 * Loads a model in the place where it is to run.
 *
 * @throws what the loader raises, in its own type; `ML_OPTIONS_INVALID` for an impossible place; `ML_WORKER_*`
 */
export async function placeModel(
  settings: BuildSettings,
  request: BuildRequest,
  work: PlaceWork,
): Promise<PlacedModel> {
  const { runtime, loaderOptions } = settings;
  const { match, artefact } = work;
  const { descriptor } = match;
  if (request.engine === 'python') return new PlacedModel(await placePython(settings, request, work));
  const wanted = request.place ?? runtime.config.place;
  const facts = { wanted, ...match, bytes: artefact.size, inlineMaxBytes: runtime.config.inlineMaxBytes };
  const place = choosePlace({
    ...facts,
    staysOpen: artefact.slices !== undefined,
    loaderOptions: loaderOptions[descriptor.name] ?? {},
    heldBefore: runtime.held.has(artefact.sha256),
  });
  runtime.loads += 1;
  try {
    if (place !== 'inline')
      return new PlacedModel(await placeElsewhereOrConvert(settings, request, { ...work, place }));
    const { placement, converted } = await placeInline(settings, request, work);
    const placed = new PlacedModel(placement);
    // A worker would be given the file that was asked for, and converts none.
    if (wanted === 'auto' && !converted) watchHolds(settings, request, { work, placed });
    return placed;
  } finally {
    runtime.loads -= 1;
  }
}

/** A worker has loaders and no converter: what it cannot compute is converted and asked here. */
async function placeElsewhereOrConvert(
  settings: BuildSettings,
  request: BuildRequest,
  work: PlaceWork & { readonly place: 'thread' | 'process' },
): Promise<Placement> {
  const { match, signal } = work;
  const { sha256 } = work.artefact;
  let refusal: MLServiceError;
  try {
    return await placeElsewhere(settings, request, work);
  } catch (error) {
    if (!isUnsupported(error) || (await match.loader()).conversion === undefined) throw error;
    refusal = error;
  }
  // The bytes may have been handed over to the worker.
  const artefact = await request.open({ signal, onProgress: () => undefined });
  if (artefact.sha256 !== sha256) {
    const label = request.ref.artefact ?? request.name;
    throw new ArtefactError('ML_ARTEFACT_CHANGED', `${label} was replaced while it was loaded; load it again`);
  }
  const { placement } = await placeInline(settings, request, { ...work, artefact, refusal });
  return placement;
}

async function placeInline(
  settings: BuildSettings,
  request: BuildRequest,
  work: PlaceWork & { readonly refusal?: MLServiceError },
): Promise<{ readonly placement: Placement; readonly converted: boolean }> {
  const { runtime } = settings;
  const { artefact, signal, match, warn, refusal } = work;
  const rssBefore = process.memoryUsage.rss();
  const alone = runtime.loads === 1;
  const loader = await match.loader();
  const context: LoadContext = {
    artefact,
    metadata: request.metadata,
    options: settings.loaderOptions[loader.name] ?? {},
    limits: settings.limits,
    extraFeatures: settings.extraFeatures,
    signal,
    phase: (phase) => work.clock.enter(phase),
    warn,
  };
  const loading = loadOrConvert(settings, { loader, context, refusal });
  const { loaded, converted } = await orAbort(loading, signal, (late) => void freeModel(late.loaded, request.name));
  let warming: Promise<void> | undefined;
  try {
    checkLoaded(loaded, loader.name);
    const warmUp = runtime.config.warmUp ? warmUpOf(loaded, request.metadata, warn) : undefined;
    if (warmUp !== undefined) {
      work.clock.enter('warm-up');
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
    watch: () => watches.get(gate),
  });
  const placement: Placement = {
    loaded,
    place: 'inline',
    gate,
    host: undefined,
    threads: runtime.threads.processors,
    bytes: residentBytes(loaded, { artefact, measuredBytes }),
    measuredBytes,
    dispose: () => freeModel(loaded, request.name),
  };
  return { placement, converted };
}

/** Gates of models that are watched, so that a gate need not know the model around it. */
const watches = new WeakMap<CallGate, HoldWatch>();

function watchHolds(
  settings: BuildSettings,
  request: BuildRequest,
  { work, placed }: { readonly work: PlaceWork; readonly placed: PlacedModel },
): void {
  const { sha256 } = work.artefact;
  const { descriptor, portable } = work.match;
  const watch = new HoldWatch(settings.runtime.config.maxHoldMs, (reason) => {
    void moveModel(settings, request, { placed, match: work.match, sha256, reason, warn: work.warn });
  });
  if (!portable || work.artefact.slices !== undefined || descriptor.capabilities?.threadSafe !== true) return;
  placed.watch = watch;
  watches.set(placed.gate, watch);
}

/** What the loader says; of one that guesses, what was measured where that is much more than the file. */
function residentBytes(
  { byteSize }: LoadedModel,
  { artefact, measuredBytes = 0 }: { readonly artefact: Artefact; readonly measuredBytes: number | undefined },
): number {
  if (byteSize !== undefined) return byteSize;
  return measuredBytes > MEASURABLE_BYTES ? Math.max(artefact.size, measuredBytes) : artefact.size;
}
