import { ArtefactError } from '../errors/artefact-error.ts';
import type { MLServiceError } from '../errors/ml-service-error.ts';
import { WorkerError } from '../errors/worker-error.ts';
import { type CrashReport, ModelHost } from '../execution/model-host.ts';
import type { EarlyProcess } from '../execution/early-process.ts';
import { openProcess } from '../execution/process-channel.ts';
import type { RemoteLoad } from '../execution/remote-host.ts';
import { openThread } from '../execution/thread-channel.ts';
import type { LoadContext } from '../spec/model-loader.ts';
import type { BuildRequest, BuildSettings } from './build-model.ts';
import { checkLoaded } from './check-loaded.ts';
import { freeModel } from './free-model.ts';
import { gateOf } from './gate-of.ts';
import type { Loadable, LoadableOf } from './loadable.ts';
import type { PhaseClock } from './phase-clock.ts';
import type { Placement } from './placed-model.ts';

/** What is loaded in a worker. */
export interface ElsewhereWork {
  readonly place: 'thread' | 'process';
  readonly loadable: Loadable;
  /** What is loaded when the worker is started again, of the file that is opened again. */
  readonly loadableOf: LoadableOf;
  /** Of the model's file. */
  readonly sha256: string;
  readonly signal: AbortSignal;
  readonly clock: PhaseClock;
  readonly warn: LoadContext['warn'];
  /** A process that was started already. */
  readonly early?: EarlyProcess | undefined;
}

/**
 * Loads a model in a thread or process of its own.
 *
 * @throws what the loader raises; `ML_WORKER_*`, `ML_ABORTED`
 */
export async function placeElsewhere(
  settings: BuildSettings,
  request: BuildRequest,
  work: ElsewhereWork,
): Promise<Placement> {
  const { runtime, events, clock } = settings;
  const { place, loadable, loadableOf, sha256, signal } = work;
  const label = request.ref.artefact ?? request.name;
  const threads = runtime.threads.take();
  const rssBefore = process.memoryUsage.rss();
  const alone = runtime.loads === 1;
  const loadOf = remoteLoads(settings, { ...work, threads });
  let host: ModelHost;
  try {
    host = await ModelHost.start(
      {
        label,
        open: () => (place === 'thread' ? openThread(label) : (work.early?.take() ?? openProcess())),
        restart: runtime.config.restart,
        killAfterMs: runtime.config.killAfterMs,
        clock,
        reload: async (signal) => {
          const again = await request.open({
            signal,
            onProgress: () => undefined,
            mayStayOpen: () => Promise.resolve(false),
          });
          if (again.sha256 !== sha256) throw changed(label);
          return loadOf(await loadableOf(again, signal), signal, () => undefined);
        },
        onCrash: (crash) => tellCrash(settings, request, crash),
        onRestart: (durationMs) => events.emit('execution:restart', { ...request.ref, place, durationMs }),
      },
      loadOf(loadable, signal, (phase) => work.clock.enter(phase)),
    );
  } catch (error) {
    runtime.threads.release(threads);
    throw error;
  }
  const dispose = async (): Promise<void> => {
    await freeModel(host, label);
    runtime.threads.release(threads);
  };
  const { model: loaded } = host;
  try {
    checkLoaded(loaded, loadable.match.descriptor.name);
  } catch (error) {
    await dispose();
    throw error;
  }
  const grown = Math.max(0, process.memoryUsage.rss() - rssBefore);
  const measuredBytes = host.residentBytes ?? (alone && runtime.loads === 1 ? grown : undefined);
  // A child process costs the machine all that it takes, the runtime included.
  const bytes = host.residentBytes ?? loaded.byteSize ?? loadable.artefact.size;
  const gate = gateOf(settings, request, { runner: host });
  return { loaded, place, gate, host, threads, bytes, measuredBytes, dispose };
}

type LoadOf = (loadable: Loadable, signal: AbortSignal, phase: LoadContext['phase']) => RemoteLoad;

function remoteLoads(
  settings: BuildSettings,
  { warn, threads }: Pick<ElsewhereWork, 'warn'> & { readonly threads: number },
): LoadOf {
  const { loaderOptions, limits, extraFeatures, runtime } = settings;
  return ({ artefact, match, metadata, guard, fresh }, signal, phase) => {
    const { name, module } = match.descriptor;
    return {
      loader: { name, module },
      artefact,
      giveBytes: fresh,
      metadata,
      guard,
      options: loaderOptions[name] ?? {},
      limits,
      extraFeatures,
      threads,
      warmUp: runtime.config.warmUp,
      signal,
      phase,
      warn,
    };
  };
}

function tellCrash({ events }: BuildSettings, { ref, name, givenUp }: BuildRequest, crash: CrashReport): void {
  const { place, reason, message, exit, inARow, restartInMs } = crash;
  const { stderr } = exit;
  events.emit('execution:crash', { ...ref, place, reason, message, stderr, inARow, restartInMs });
  if (restartInMs !== undefined) return;
  const error: MLServiceError = new WorkerError(
    'ML_WORKER_GIVEN_UP',
    `the ${place} of ${ref.artefact ?? name} ended ${inARow} times in a row; the last time it ${message}`,
    { details: { reason: message, inARow } },
  );
  givenUp?.(error);
}

function changed(label: string): ArtefactError {
  return new ArtefactError(
    'ML_ARTEFACT_CHANGED',
    `${label} was replaced since the model was loaded, and its worker has to be started again; load() the model to use the new file`,
  );
}
