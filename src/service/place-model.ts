import { ArtefactError } from '../errors/artefact-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { choosePlace } from '../execution/choose-place.ts';
import { orAbort } from '../internal/or-abort.ts';
import type { LoaderMatch } from '../loaders/loader-registry.ts';
import type { EarlyProcess } from '../execution/early-process.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { Place } from '../spec/execution.ts';
import type { LoadContext } from '../spec/model-loader.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';
import { convertInstead } from './convert-instead.ts';
import type { Loadable, LoadableOf } from './loadable.ts';
import type { PhaseClock } from './phase-clock.ts';
import { placeElsewhere } from './place-elsewhere.ts';
import { loadInline, placeInline } from './place-inline.ts';
import { placePython } from './place-python.ts';
import { PlacedModel } from './placed-model.ts';
import { watchHolds } from './watch-holds.ts';

/** What a load has in hand when the loader's turn comes. */
export interface PlaceWork {
  readonly artefact: Artefact;
  readonly signal: AbortSignal;
  readonly clock: PhaseClock;
  readonly match: LoaderMatch;
  readonly warn: LoadContext['warn'];
  /** A process that waits for a model, where one is to run in a process. */
  readonly early: EarlyProcess | undefined;
}

/** One thing to load, and how it is made of the model's file when it is loaded again. */
interface Placing {
  readonly loadable: Loadable;
  readonly loadableOf: LoadableOf;
  /** Of the model's file. */
  readonly sha256: string;
  readonly place: Place;
}

/**
 * Loads a model in the place where it is to run: its file, or what a converter makes of it where no loader can compute it.
 *
 * @throws what the loader raises, in its own type; what converting raises; `ML_OPTIONS_INVALID` for an impossible place;
 *   `ML_WORKER_*`
 */
export async function placeModel(
  settings: BuildSettings,
  request: BuildRequest,
  work: PlaceWork,
): Promise<PlacedModel> {
  if (request.engine === 'python') return new PlacedModel(await placePython(settings, request, work));
  const { runtime } = settings;
  const { artefact, match } = work;
  const { sha256 } = artefact;
  const { metadata, fresh } = request;
  const loadableOf = (source: Artefact): Promise<Loadable> =>
    Promise.resolve({ artefact: source, match, metadata, guard: undefined, fresh });
  const loadable = await loadableOf(artefact);
  const place = placeOf(settings, request, { loadable, sha256 });
  runtime.loads += 1;
  try {
    const found = await placeOrRefusal(settings, request, { ...work, loadable, loadableOf, sha256, place });
    if (found instanceof PlacedModel) return found;
    return await placeConverted(settings, request, { ...work, place, refusal: found });
  } finally {
    runtime.loads -= 1;
  }
}

/** @throws `ML_OPTIONS_INVALID` */
function placeOf(
  { runtime, loaderOptions }: BuildSettings,
  request: BuildRequest,
  { loadable: { artefact, match }, sha256 }: Pick<Placing, 'loadable' | 'sha256'>,
): Place {
  const { config, held } = runtime;
  return choosePlace({
    ...match,
    wanted: request.place ?? config.place,
    bytes: artefact.size,
    inlineMaxBytes: config.inlineMaxBytes,
    staysOpen: artefact.slices !== undefined,
    loaderOptions: loaderOptions[match.descriptor.name] ?? {},
    heldBefore: held.has(sha256),
  });
}

/** A placed model, or why its loader cannot compute a file that it judged safe, where it can be converted. */
async function placeOrRefusal(
  settings: BuildSettings,
  request: BuildRequest,
  work: PlaceWork & Placing,
): Promise<PlacedModel | MLServiceError> {
  const { place, loadable } = work;
  try {
    if (place !== 'inline') return new PlacedModel(await placeElsewhere(settings, request, { ...work, place }));
    const load = await loadInline(settings, request, work);
    // Nothing is converted for a warm-up that fails.
    return finishInline(settings, request, { ...work, load });
  } catch (error) {
    const unsupported = MLServiceError.isInstance(error) && error.code === 'ML_FORMAT_UNSUPPORTED';
    if (unsupported && (await loadable.match.loader()).conversion !== undefined) return error;
    throw error;
  }
}

async function placeConverted(
  settings: BuildSettings,
  request: BuildRequest,
  work: PlaceWork & { readonly place: Place; readonly refusal: MLServiceError },
): Promise<PlacedModel> {
  const { match, signal, refusal, warn } = work;
  const loader = await match.loader();
  const loadableOf: LoadableOf = (source, until) =>
    orAbort(
      convertInstead(settings, {
        loader,
        context: { artefact: source, metadata: request.metadata, signal: until, warn },
        reason: refusal,
      }),
      until,
      () => undefined,
    );
  const source = await unread(request, work);
  const loadable = await loadableOf(source, signal);
  // The converter has read all of it, also of one that is read in pieces.
  const sha256 = source.slices === undefined ? source.sha256 : await source.slices.digest('sha256', signal);
  const place = placeOf(settings, request, { loadable, sha256: work.artefact.sha256 });
  const placing = { ...work, loadable, loadableOf, sha256, place };
  const placed =
    place === 'inline'
      ? await finishInline(settings, request, { ...placing, load: await loadInline(settings, request, placing) })
      : new PlacedModel(await placeElsewhere(settings, request, { ...placing, place }));
  warn({
    code: 'converted',
    message: `${source.name} was converted by the sidecar (${refusal.message}); it computes in single precision`,
  });
  return placed;
}

/** The model's file with its bytes: they may have been handed over to a worker, which refused them. */
async function unread(
  request: BuildRequest,
  { artefact, signal, place }: Pick<PlaceWork, 'artefact' | 'signal'> & Pick<Placing, 'place'>,
): Promise<Artefact> {
  if (place === 'inline') return artefact;
  const again = await request.open({ signal, onProgress: () => undefined });
  if (again.sha256 === artefact.sha256) return again;
  const label = request.ref.artefact ?? request.name;
  throw new ArtefactError('ML_ARTEFACT_CHANGED', `${label} was replaced while it was loaded; load it again`);
}

async function finishInline(
  settings: BuildSettings,
  request: BuildRequest,
  { load, ...work }: PlaceWork & Placing & { readonly load: Awaited<ReturnType<typeof loadInline>> },
): Promise<PlacedModel> {
  const placed = new PlacedModel(await placeInline(settings, request, { ...work, ...load }));
  const { loadable, loadableOf, sha256, warn } = work;
  const wanted = request.place ?? settings.runtime.config.place;
  // A file that stays open cannot be given to a worker.
  if (wanted === 'auto' && work.artefact.slices === undefined) {
    watchHolds(settings, request, { placed, match: loadable.match, loadableOf, sha256, warn });
  }
  return placed;
}
