import { MLServiceError } from '../../errors/ml-service-error.ts';
import { AbortedError } from '../../errors/aborted-error.ts';
import { LoadError } from '../../errors/load-error.ts';
import { createInlineRunner } from '../../execution/inline-runner.ts';
import { fallbackMethods } from '../../remote/fallback-model.ts';
import { type AssumedInfo, RemoteModel } from '../../remote/remote-model.ts';
import type { RemoteError } from '../../errors/remote-error.ts';
import type { LoadedModel } from '../../spec/model-loader.ts';
import type { ModelInfo } from '../../spec/model.ts';
import type { BuildRequest, BuildSettings, BuiltModel, Standing } from '../build-model.ts';
import { gateOf } from '../gate-of.ts';
import { PlacedModel } from '../placed-model.ts';
import { LocalModel } from './local-model.ts';
import type { RemoteSource } from './remote-source.ts';

/** How the library calls models on servers where it names formats. */
const FORMAT = 'oip';
/** Milliseconds that a load waits for a server where another model could answer already. */
const OPEN_WAIT_MS = 1_000;

/** A model on a server, to be built. */
export interface RemoteWork {
  readonly request: BuildRequest;
  readonly source: RemoteSource;
}

/**
 * Asks a server what a model is, and gives it the face of any other one; with its fallback, if one was set.
 *
 * @throws `ML_REMOTE_*`, `ML_LOAD_TIMEOUT`, `ML_ABORTED`
 */
export async function buildRemote(settings: BuildSettings, work: RemoteWork): Promise<BuiltModel> {
  const { events, loadTimeoutMs } = settings;
  const { request, source } = work;
  const { ref } = request;
  const startedAt = performance.now();
  events.emit('load:start', { ...ref, requested: request.requested });
  const health = new RemoteHealth(settings, work);
  const { address, settings: remoteSettings, fallback } = source;
  const remote = new RemoteModel({
    address,
    settings: remoteSettings,
    extraFeatures: settings.extraFeatures,
    clock: settings.clock,
    changed: (failure) => health.changed(failure),
  });
  let local: LocalModel | undefined;
  try {
    const timeout = AbortSignal.timeout(Math.min(loadTimeoutMs, 2 ** 31 - 1));
    const signal = AbortSignal.any([request.signal, timeout]);
    const opening = remote.open({ signal }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (fallback === undefined) await request.makeRoom();
    else local = await LocalModel.build(settings, { request, signal, fallback });
    const failure = await (local === undefined ? opening : Promise.race([opening, waited()]));
    if (local === undefined && failure !== undefined) throw late(failure, { settings, work, timeout });
    health.hasLocal = local !== undefined;
    remote.assume(assumed(request, local));
    const built = assemble(settings, { work, remote, local, health });
    events.emit('load:end', {
      ...ref,
      version: built.info.version,
      format: FORMAT,
      engine: built.info.engine,
      place: 'inline',
      bytes: built.bytes,
      sha256: '',
      verified: false,
      phases: { resolve: request.resolveMs, build: performance.now() - startedAt },
      durationMs: request.resolveMs + performance.now() - startedAt,
    });
    return built;
  } catch (caught) {
    await Promise.all([remote.close(), local?.dispose()]);
    const error =
      request.signal.aborted && !MLServiceError.isInstance(caught)
        ? new AbortedError('ML_ABORTED', 'the load was aborted by its signal', { cause: caught })
        : caught;
    events.emit('load:error', { ...ref, error, phase: 'build', durationMs: performance.now() - startedAt });
    throw error;
  }
}

function waited(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, OPEN_WAIT_MS, undefined).unref();
  });
}

function late(
  failure: unknown,
  { settings, work, timeout }: { settings: BuildSettings; work: RemoteWork; timeout: AbortSignal },
): unknown {
  if (!timeout.aborted || work.request.signal.aborted) return failure;
  const { loadTimeoutMs } = settings;
  return new LoadError(
    'ML_LOAD_TIMEOUT',
    `${work.source.address.text} did not say what it is within ${loadTimeoutMs} ms; raise loadTimeoutMs`,
    { details: { loadTimeoutMs, phase: 'build' }, cause: failure },
  );
}

/** What the metadata, or the model here, says of the model there. */
function assumed({ metadata }: BuildRequest, local: LocalModel | undefined): AssumedInfo {
  const featureNames = metadata?.features ?? local?.info.featureNames;
  const classes = metadata?.classes ?? local?.info.classes;
  return { ...(featureNames !== undefined && { featureNames }), ...(classes !== undefined && { classes }) };
}

interface Parts {
  readonly work: RemoteWork;
  readonly remote: RemoteModel;
  readonly local: LocalModel | undefined;
  readonly health: RemoteHealth;
}

function assemble(settings: BuildSettings, { work, remote, local, health }: Parts): BuiltModel {
  const { request, source } = work;
  const loaded = local === undefined ? remote.loaded() : withFallback(settings, { work, remote, local, health });
  const { connections, rowsIndependent } = source.settings;
  const { runtime } = settings;
  const gate = gateOf(settings, request, {
    runner: {
      ...createInlineRunner(rowsIndependent ? connections : runtime.config.admission.maxConcurrency),
      // It does not compute here: several runs are under way at once, and a joined one too.
      place: 'thread',
    },
  });
  const bytes = local?.bytes ?? 0;
  const placed = new PlacedModel({
    loaded,
    place: 'inline',
    gate,
    host: undefined,
    threads: 0,
    bytes,
    measuredBytes: undefined,
    dispose: async () => {
      await Promise.all([remote.close(), local?.dispose()]);
    },
  });
  placed.queues = true;
  const info: ModelInfo = {
    task: 'unknown',
    engine: 'remote',
    inputs: [],
    outputs: [],
    classes: undefined,
    featureNames: undefined,
    ...assumed(request, local),
    ...local?.info,
    ...remote.plan?.info,
    name: request.name,
    version: request.ref.version ?? remote.plan?.version,
    format: FORMAT,
    bytes,
    sha256: '',
    path: undefined,
  };
  return {
    loaded,
    placed,
    info,
    ref: request.ref,
    label: source.address.text,
    bytes,
    standing: () => health.standing,
    dispose: () => placed.dispose(),
  };
}

function withFallback(
  settings: BuildSettings,
  { work, remote, local }: Parts & { readonly local: LocalModel },
): LoadedModel {
  const { events } = settings;
  const { ref } = work.request;
  const { plan } = remote;
  const methods = fallbackMethods({
    order: work.source.fallback?.order ?? 'remote-first',
    remote: {
      get methods() {
        // Until the server was reached, it is taken to have what the model here has.
        return remote.plan === undefined ? local.methods : [...remote.plan.outputs.keys(), 'run' as const];
      },
      ask: (method, input, options) => remote.ask(method, input, options),
    },
    local,
    fellBack: (method, to, error) => events.emit('remote:fallback', { ...ref, method, to, error }),
    recovered: (from) => events.emit('remote:recovered', { ...ref, from }),
  });
  return { ...(plan !== undefined && { info: plan.info }), ...methods };
}

/** What is told of a server that comes and goes. */
class RemoteHealth {
  /** Whether calls are answered while the server is down. */
  hasLocal = false;
  #standing: Standing | undefined;
  readonly #settings: BuildSettings;
  readonly #work: RemoteWork;

  constructor(settings: BuildSettings, work: RemoteWork) {
    this.#settings = settings;
    this.#work = work;
  }

  get standing(): Standing | undefined {
    return this.#standing;
  }

  changed(failure: RemoteError | undefined): void {
    const { events, clock } = this.#settings;
    const { request } = this.#work;
    const from = this.#standing?.state ?? 'ready';
    const to = failure === undefined || this.hasLocal ? 'ready' : 'failed';
    const reason =
      failure && (this.hasLocal ? `the model in this process answers alone: ${failure.message}` : failure.message);
    this.#standing = reason === undefined ? undefined : { state: to, reason, since: clock.date() };
    if (events.wants('health:change')) events.emit('health:change', { ...request.ref, from, to, reason });
  }
}
