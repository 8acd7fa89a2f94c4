import { type FilePermissions, permissionCheck } from '../access/file-permissions.ts';
import type { CacheEntry } from '../cache/cache-entry.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import { ArtefactError } from '../errors/artefact-error.ts';
import { FormatError } from '../errors/format-error.ts';
import { LoadError } from '../errors/load-error.ts';
import { LoaderError } from '../errors/loader-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Authenticity } from '../integrity/authenticity.ts';
import { type VerifyResult, verifyArtefact } from '../integrity/verify-artefact.ts';
import type { Clock } from '../internal/clock.ts';
import type { LoaderRegistry } from '../loaders/loader-registry.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ModelRef } from '../spec/events.ts';
import type { EncryptionOptions } from '../spec/encryption.ts';
import type { ModelConverter } from '../spec/converter.ts';
import type { Limits } from '../spec/limits.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { PlaceChoice } from '../spec/execution.ts';
import type { ExtraFeatures, LoadedModel, LoadPhase, ModelWarning, SlicedContent } from '../spec/model-loader.ts';
import type { ModelInfo } from '../spec/model.ts';
import type { ModelRecord, OpenedPath } from '../spec/model-repository.ts';
import { ContractGuard, type InputValidation } from './contract-guard.ts';
import { EarlyProcess } from '../execution/early-process.ts';
import type { ExecutionRuntime } from './execution-runtime.ts';
import type { PhaseClock } from './phase-clock.ts';
import { readable, reopeningRequest } from './reopening-request.ts';
import { placeModel, type PlaceWork } from './place-model.ts';
import type { PlacedModel } from './placed-model.ts';
import type { Verification } from './registry-options.ts';
import type { RemoteSource } from './remote/remote-source.ts';

/** A model as the cache holds it. */
export interface BuiltModel {
  /** The model, or what stands in for it. Another one after it was moved. */
  readonly loaded: LoadedModel;
  readonly placed: PlacedModel;
  readonly info: ModelInfo;
  readonly ref: ModelRef;
  readonly label: string;
  readonly bytes: number;
  readonly metadata?: ModelMetadata | undefined;
  /** Set where rows are compared with the model's contract. */
  readonly contract?: ContractGuard | undefined;
  /** What there is to say of a model that may come and go while it is loaded. */
  standing?(): Standing | undefined;
  dispose(): Promise<void>;
}

/** How a loaded model is at present. */
export interface Standing {
  readonly state: 'ready' | 'failed';
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export type ModelEntry = CacheEntry<BuiltModel>;

/** What building a model takes from its surroundings. */
export interface BuildSettings {
  readonly loaders: LoaderRegistry;
  readonly loaderOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly verification: Verification;
  readonly authenticity: Authenticity | undefined;
  readonly strictExtensions: boolean;
  readonly limits: Limits;
  readonly extraFeatures: ExtraFeatures;
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly runtime: ExecutionRuntime;
  readonly encryption: EncryptionOptions | undefined;
  readonly filePermissions: FilePermissions;
  readonly validateInput: InputValidation;
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
  /** Digests of the files that the metadata is from, where they count. */
  readonly metadataFiles?: ModelRecord['metadataFiles'];
  /** Where the model is to run, if that was said for this one. */
  readonly place: PlaceChoice | undefined;
  /** Set for a model on a server, which has no file to open. */
  readonly remote?: RemoteSource | undefined;
  /** Who computes it, where that was said: `python` is its own framework. */
  readonly engine: 'python' | undefined;
  /** Options for its loader that are this model's alone: they win over those of `BuildSettings`. */
  readonly loaderOptions: BuildSettings['loaderOptions'] | undefined;
  /** Whether `open` gives memory that nobody else holds. */
  readonly fresh: boolean;
  /** Told when the model's worker ended too often and is not started again. */
  readonly givenUp?: (error: MLServiceError) => void;
  /** Milliseconds that the resolution took, for the event. */
  readonly resolveMs: number;
  readonly signal: AbortSignal;
  open(options: {
    readonly signal: AbortSignal;
    readonly onProgress: (read: number, total: number) => void;
    readonly mayStayOpen?: (content: SlicedContent) => Promise<boolean>;
    readonly onOpened?: (opened: OpenedPath) => void;
  }): Promise<Artefact>;
  makeRoom(): Promise<void>;
}

/** Names the step that is under way and how long each one took. */
class PhaseTimer implements PhaseClock {
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
export async function buildModel(common: BuildSettings, request: BuildRequest): Promise<BuiltModel> {
  const settings = withOptions(common, request.loaderOptions);
  const { events } = settings;
  const { ref } = request;
  const clock = new PhaseTimer();
  clock.times.resolve = request.resolveMs;
  const timeout = new AbortController();
  const cancelTimeout = settings.clock.after(settings.loadTimeoutMs, () => timeout.abort());
  const signal = AbortSignal.any([request.signal, timeout.signal]);
  events.emit('load:start', { ...ref, requested: request.requested });
  const early = isForProcess(settings, request) ? new EarlyProcess() : undefined;
  let opened: Artefact | undefined;
  try {
    const onOpened = permissionCheck(settings.filePermissions, (warning) =>
      events.emit('model:warning', { ...ref, ...warning }),
    );
    const read = await request.open({
      signal,
      ...(onOpened !== undefined && { onOpened }),
      mayStayOpen: (content) => settings.loaders.mayStayOpen(content),
      onProgress: (bytesRead, bytesTotal) => events.emit('load:progress', { ...ref, bytesRead, bytesTotal }),
    });
    opened = read;
    clock.enter('verify');
    const { proved, verified } = await verify(settings, request, { read, signal });
    const artefact = await readable(settings, request, proved);
    await request.makeRoom();
    clock.enter('parse');
    const work = { artefact, signal, clock, early };
    const { placed, format } = await load(settings, reopeningRequest(settings, request), work);
    clock.enter('build');
    const sha256 = await knownDigest(artefact, verified);
    const contract = await contractOf(settings, request, placed);
    const model = assemble(request, { artefact, placed, format, sha256, contract });
    events.emit('load:end', {
      ...ref,
      format,
      engine: model.info.engine,
      place: placed.place,
      bytes: model.bytes,
      sha256,
      verified: verified.result === 'ok',
      phases: clock.times,
      durationMs: request.resolveMs + performance.now() - clock.startedAt,
    });
    return model;
  } catch (caught) {
    await opened?.slices?.close();
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
    early?.end();
    cancelTimeout();
  }
}

function isForProcess({ runtime }: BuildSettings, { place, engine }: BuildRequest): boolean {
  return engine === undefined && (place ?? runtime.config.place) === 'process';
}

function withOptions(settings: BuildSettings, own: BuildRequest['loaderOptions']): BuildSettings {
  if (own === undefined) return settings;
  const { loaderOptions } = settings;
  const merged = Object.entries(own).map(([loader, options]) => [loader, { ...loaderOptions[loader], ...options }]);
  return { ...settings, loaderOptions: { ...loaderOptions, ...Object.fromEntries(merged) } };
}

/** The digest, where something has read the whole file: a checksum that was compared, or the reading itself. */
async function knownDigest({ slices, sha256 }: Artefact, { result, algorithm }: VerifyResult): Promise<string> {
  return slices !== undefined && result === 'ok' && algorithm === 'sha256' ? slices.digest('sha256') : sha256;
}

async function verify(
  { verification, authenticity, events }: BuildSettings,
  { metadata, metadataFiles, ref }: BuildRequest,
  { read, signal }: { readonly read: Artefact; readonly signal: AbortSignal },
): Promise<{ readonly proved: Artefact; readonly verified: VerifyResult }> {
  const startedAt = performance.now();
  const verified = await verifyArtefact(read, metadata, verification);
  const proof = await authenticity?.prove({ artefact: read, ref, metadataFiles, signal });
  events.emit('verify:end', {
    ...ref,
    result: verified.result,
    algorithm: verified.algorithm,
    ...(proof !== undefined && { authenticity: proof.fact }),
    durationMs: performance.now() - startedAt,
  });
  return { proved: proof?.artefact ?? read, verified };
}

async function load(
  settings: BuildSettings,
  request: BuildRequest,
  work: Pick<PlaceWork, 'artefact' | 'signal' | 'clock' | 'early'>,
): Promise<{ placed: PlacedModel; format: string }> {
  const { artefact, signal } = work;
  const match = await settings.loaders.match(artefact);
  const { name } = match.descriptor;
  const warn = (warning: ModelWarning): void => settings.events.emit('model:warning', { ...request.ref, ...warning });
  if (match.mismatch !== undefined) {
    if (settings.strictExtensions)
      throw new FormatError(
        'ML_FORMAT_EXTENSION_MISMATCH',
        `${match.mismatch}; rename the file, or set strictExtensions to false`,
      );
    warn({ code: 'extension-mismatch', message: match.mismatch });
  }
  try {
    return { placed: await placeModel(settings, request, { ...work, match, warn }), format: name };
  } catch (error) {
    if (MLServiceError.isInstance(error) || signal.aborted) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new LoaderError('ML_LOADER_FAILED', `loader "${name}" failed on ${artefact.name}: ${text}`, {
      cause: error,
      details: { loader: name },
    });
  }
}

/** A contract that cannot be had is an error of the load where it was asked for. */
async function contractOf(
  { validateInput, events }: BuildSettings,
  { ref, metadata }: BuildRequest,
  placed: PlacedModel,
): Promise<ContractGuard | undefined> {
  if (validateInput === 'off') return undefined;
  const guard = new ContractGuard(validateInput, metadata, (warning) => {
    if (events.wants('model:warning')) events.emit('model:warning', { ...ref, ...warning });
  });
  try {
    guard.prepare(placed.loaded);
    return guard;
  } catch (error) {
    await placed.dispose();
    throw error;
  }
}

interface Parts {
  readonly artefact: Artefact;
  readonly placed: PlacedModel;
  readonly format: string;
  readonly sha256: string;
  readonly contract: ContractGuard | undefined;
}

function assemble(request: BuildRequest, { artefact, placed, format, sha256, contract }: Parts): BuiltModel {
  const { loaded, bytes } = placed;
  // The model outlives the bytes of its file.
  const { slices } = artefact;
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
    sha256,
    path: artefact.path,
  };
  return {
    get loaded() {
      return placed.loaded;
    },
    placed,
    info,
    ref: request.ref,
    label: request.ref.artefact ?? request.name,
    bytes,
    metadata: request.metadata,
    contract,
    async dispose() {
      await placed.dispose();
      await slices?.close();
    },
  };
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
