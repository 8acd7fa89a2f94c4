import type { CacheEntry } from '../cache/cache-entry.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { FormatError } from '../errors/format-error.ts';
import { LoadError } from '../errors/load-error.ts';
import { LoaderError } from '../errors/loader-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { EventBus } from '../events/event-bus.ts';
import { type VerifyResult, verifyArtefact, verifyCompanions } from '../integrity/verify-artefact.ts';
import type { Clock } from '../internal/clock.ts';
import { orAbort } from '../internal/or-abort.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ModelRef } from '../spec/events.ts';
import type { ModelConverter } from '../spec/converter.ts';
import type { Limits } from '../spec/limits.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { ExtraFeatures, LoadContext, LoadedModel, LoadPhase, ModelLoader } from '../spec/model-loader.ts';
import type { ModelInfo } from '../spec/model.ts';
import { methodsOf } from './model-methods.ts';
import { convertInstead } from './convert-instead.ts';
import type { Verification } from './registry-options.ts';

/** A model as the cache holds it. */
export interface BuiltModel {
  readonly loaded: LoadedModel;
  readonly info: ModelInfo;
  readonly ref: ModelRef;
  readonly label: string;
  readonly bytes: number;
  dispose(): Promise<void>;
}

export type ModelEntry = CacheEntry<BuiltModel>;

/** What building a model takes from its surroundings. */
export interface BuildSettings {
  readonly loaders: LoaderRegistry;
  readonly loaderOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly verification: Verification;
  readonly strictExtensions: boolean;
  readonly limits: Limits;
  readonly extraFeatures: ExtraFeatures;
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
  readonly events: EventBus;
  /** Asked where no loader can compute a file. */
  readonly converter: () => Promise<ModelConverter>;
}

/** One model to build. */
export interface BuildRequest {
  /** What the caller asked for, e.g. `v1`. */
  readonly requested: string;
  readonly name: string;
  readonly ref: ModelRef;
  readonly metadata: ModelMetadata | undefined;
  /** Milliseconds that the resolution took, for the event. */
  readonly resolveMs: number;
  readonly signal: AbortSignal;
  open(options: {
    readonly signal: AbortSignal;
    readonly onProgress: (read: number, total: number) => void;
  }): Promise<Artefact>;
  makeRoom(): Promise<void>;
}

/** Names the step that is under way and how long each one took. */
class PhaseClock {
  readonly times: Partial<Record<LoadPhase, number>> = {};
  readonly startedAt: number = performance.now();
  current: LoadPhase = 'read';
  #since = performance.now();

  enter(phase: LoadPhase): void {
    const now = performance.now();
    this.times[this.current] = (this.times[this.current] ?? 0) + now - this.#since;
    this.current = phase;
    this.#since = now;
  }
}

/**
 * Read, verify, parse, build: the one way from an artefact to a model. The bytes that were hashed
 * are the bytes that are parsed.
 *
 * @throws what reading, verifying and the loader raise; `ML_LOAD_TIMEOUT`, `ML_ABORTED`
 */
export async function buildModel(settings: BuildSettings, request: BuildRequest): Promise<BuiltModel> {
  const { events } = settings;
  const { ref } = request;
  const clock = new PhaseClock();
  clock.times.resolve = request.resolveMs;
  const timeout = new AbortController();
  const cancelTimeout = settings.clock.after(settings.loadTimeoutMs, () => timeout.abort());
  const signal = AbortSignal.any([request.signal, timeout.signal]);
  events.emit('load:start', { ...ref, requested: request.requested });
  try {
    const artefact = await request.open({
      signal,
      onProgress: (bytesRead, bytesTotal) => events.emit('load:progress', { ...ref, bytesRead, bytesTotal }),
    });
    clock.enter('verify');
    const verified = await verify(settings, request, artefact);
    await request.makeRoom();
    clock.enter('parse');
    const { loaded, format } = await load(settings, request, { artefact, signal, clock });
    clock.enter('build');
    const model = assemble(request, { artefact, loaded, format });
    events.emit('load:end', {
      ...ref,
      format,
      engine: model.info.engine,
      bytes: model.bytes,
      sha256: artefact.sha256,
      verified: verified.result === 'ok',
      phases: clock.times,
      durationMs: request.resolveMs + performance.now() - clock.startedAt,
    });
    return model;
  } catch (caught) {
    const late = timeout.signal.aborted && !request.signal.aborted;
    const error = late ? tooSlow(settings, ref, clock.current) : typed(caught, request);
    events.emit('load:error', {
      ...ref,
      error,
      phase: clock.current,
      durationMs: request.resolveMs + performance.now() - clock.startedAt,
    });
    throw error;
  } finally {
    cancelTimeout();
  }
}

async function verify(settings: BuildSettings, request: BuildRequest, artefact: Artefact): Promise<VerifyResult> {
  const startedAt = performance.now();
  const result = await verifyArtefact(artefact, request.metadata, settings.verification);
  settings.events.emit('verify:end', {
    ...request.ref,
    result: result.result,
    algorithm: result.algorithm,
    durationMs: performance.now() - startedAt,
  });
  return result;
}

async function load(
  settings: BuildSettings,
  request: BuildRequest,
  { artefact, signal, clock }: { artefact: Artefact; signal: AbortSignal; clock: PhaseClock },
): Promise<{ loaded: LoadedModel; format: string }> {
  const { loader, mismatch } = await settings.loaders.find(artefact);
  const warn = (warning: { readonly code: string; readonly message: string }): void =>
    settings.events.emit('model:warning', { ...request.ref, ...warning });
  if (mismatch !== undefined) {
    if (settings.strictExtensions)
      throw new FormatError(
        'ML_FORMAT_EXTENSION_MISMATCH',
        `${mismatch}; rename the file, or set strictExtensions to false`,
      );
    warn({ code: 'extension-mismatch', message: mismatch });
  }
  const context: LoadContext = {
    artefact: verifyCompanions(artefact, request.metadata, settings.verification),
    metadata: request.metadata,
    options: settings.loaderOptions[loader.name] ?? {},
    limits: settings.limits,
    extraFeatures: settings.extraFeatures,
    signal,
    phase: (phase) => clock.enter(phase),
    warn,
  };
  try {
    const loading = loadOrConvert(settings, loader, context);
    const loaded = await orAbort(loading, signal, (late) => void free(late, request.name));
    try {
      checkLoaded(loaded, loader.name);
    } catch (error) {
      await free(loaded, request.name);
      throw error;
    }
    return { loaded, format: loader.name };
  } catch (error) {
    if (MLServiceError.isInstance(error) || signal.aborted) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new LoaderError('ML_LOADER_FAILED', `loader "${loader.name}" failed on ${artefact.name}: ${text}`, {
      cause: error,
      details: { loader: loader.name },
    });
  }
}

async function loadOrConvert(settings: BuildSettings, loader: ModelLoader, context: LoadContext): Promise<LoadedModel> {
  try {
    return await loader.load(context);
  } catch (error) {
    const unsupported = MLServiceError.isInstance(error) && error.code === 'ML_FORMAT_UNSUPPORTED';
    if (!unsupported || loader.conversion === undefined) throw error;
    return await convertInstead(settings, { loader, context, reason: error });
  }
}

function assemble(
  request: BuildRequest,
  { artefact, loaded, format }: { artefact: Artefact; loaded: LoadedModel; format: string },
): BuiltModel {
  const bytes = loaded.byteSize ?? artefact.size;
  const info: ModelInfo = {
    task: 'unknown',
    engine: format,
    inputs: [],
    outputs: [],
    classes: undefined,
    featureNames: request.metadata?.features,
    ...loaded.info,
    name: request.name,
    version: request.ref.version,
    format,
    bytes,
    sha256: artefact.sha256,
    path: artefact.path,
  };
  return {
    loaded,
    info,
    ref: request.ref,
    label: request.ref.artefact ?? request.name,
    bytes,
    dispose: () => free(loaded, request.name),
  };
}

/** Disposes a model. What fails here has nobody to tell: the model is gone either way. */
async function free(loaded: LoadedModel | null | undefined, name: string): Promise<void> {
  try {
    await loaded?.dispose?.();
  } catch (error) {
    process.emitWarning(`disposing ${name} failed: ${String(error)}`, {
      type: 'BaseMLServiceWarning',
      code: 'ML_DISPOSE',
    });
  }
}

function checkLoaded(loaded: LoadedModel, name: string): void {
  const usable =
    typeof loaded === 'object' &&
    loaded !== null &&
    (methodsOf(loaded).length > 0 || loaded.parts !== undefined || 'value' in loaded);
  if (!usable) {
    throw new LoaderError(
      'ML_LOADER_INVALID',
      `loader "${name}" must give a model: an object with predict, transform, run or another method, parts or a value`,
    );
  }
  // The memory budget is a sum of these: one NaN would spoil it for every model.
  const { byteSize = 0 } = loaded;
  if (Number.isFinite(byteSize) && byteSize >= 0) return;
  throw new LoaderError(
    'ML_LOADER_INVALID',
    `loader "${name}" must give byteSize as a number of bytes, got ${String(byteSize)}`,
  );
}

/** What a repository of the user's own, or an abort, raises in its own type. */
function typed(error: unknown, request: BuildRequest): MLServiceError {
  if (MLServiceError.isInstance(error)) return error;
  if (request.signal.aborted)
    return new AbortedError('ML_ABORTED', 'the load was aborted by its signal', { cause: error });
  const text = error instanceof Error ? error.message : String(error);
  const artefact = request.ref.artefact ?? request.name;
  return new ArtefactError('ML_ARTEFACT_UNREADABLE', `${artefact} could not be read: ${text}`, { cause: error });
}

function tooSlow(settings: BuildSettings, ref: ModelRef, phase: LoadPhase): LoadError {
  const { loadTimeoutMs } = settings;
  return new LoadError(
    'ML_LOAD_TIMEOUT',
    `${ref.artefact ?? ref.model} did not load within ${loadTimeoutMs} ms (it was at "${phase}"); raise loadTimeoutMs`,
    {
      details: { loadTimeoutMs, phase },
    },
  );
}
