import { FormatError } from '../errors/format-error.ts';
import { createInlineRunner } from '../execution/inline-runner.ts';
import type { Runner } from '../execution/runner.ts';
import { warmUpOf } from '../execution/warm-up.ts';
import { verifyCompanions } from '../integrity/verify-artefact.ts';
import { orAbort } from '../internal/or-abort.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';
import { checkLoaded } from './check-loaded.ts';
import { freeModel } from './free-model.ts';
import { gateOf } from './gate-of.ts';
import type { PlaceWork } from './place-model.ts';
import type { Placement } from './placed-model.ts';

/**
 * Lets Python answer for a model, because that was asked for. The file is judged by its loader as ever.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for a kind of file that Python is not given; what the loader and the converter raise
 */
export async function placePython(
  settings: BuildSettings,
  request: BuildRequest,
  { artefact, signal, match, warn, clock }: PlaceWork,
): Promise<Placement> {
  const { limits, extraFeatures, runtime } = settings;
  const { metadata, name } = request;
  const loader = await match.loader();
  const options = settings.loaderOptions[loader.name] ?? {};
  const judged = verifyCompanions(artefact, metadata, settings.verification);
  const need = await loader.conversion?.({ artefact: judged, limits, signal, options, metadata });
  if (need === undefined) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `${request.ref.artefact ?? name} holds nothing that Python is given to answer for; leave out engine: 'python'`,
    );
  }
  clock.enter('build');
  const converter = await settings.converter();
  const asked = { artefact: judged, need, metadata, limits, signal, warn };
  const serving = converter.serve(asked, { extraFeatures, callMs: runtime.config.killAfterMs });
  const served = await orAbort(serving, signal, (late) => void freeModel(late.model, name));
  const { model: loaded, residentBytes } = served;
  try {
    checkLoaded(loaded, loader.name);
    const warmUp = runtime.config.warmUp ? warmUpOf(loaded, metadata, warn) : undefined;
    if (warmUp !== undefined) {
      clock.enter('warm-up');
      await orAbort(warmUp(), signal, () => undefined);
    }
  } catch (error) {
    await freeModel(loaded, name);
    throw error;
  }
  // One process computes one call at a time; those that wait meanwhile are joined.
  const runner: Runner = { ...createInlineRunner(1), holdsLoop: false, abandon: () => served.abandon() };
  return {
    loaded,
    place: 'process',
    gate: gateOf(settings, request, { runner }),
    host: served,
    threads: 1,
    bytes: residentBytes,
    measuredBytes: residentBytes,
    dispose: () => freeModel(loaded, name),
  };
}
