import { fileURLToPath } from 'node:url';
import { describe } from '../data/rows.ts';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { EventBus } from '../events/event-bus.ts';
import { isRemote } from '../remote/is-remote.ts';
import { bytesArtefact, openArtefact } from '../repository/artefact-reader.ts';
import type { Artefact } from '../spec/artefact.ts';
import type { ServiceEventName, ServiceListener } from '../spec/events.ts';
import type { ModelMetadata } from '../spec/metadata.ts';
import type { CallOptions, Model, Prediction } from '../spec/model.ts';
import type { OpenOptions } from '../spec/model-repository.ts';
import type { Row } from '../spec/rows.ts';
import { buildSource } from './build-source.ts';
import { ExecutionRuntime } from './execution-runtime.ts';
import { LiveModel } from './live-model.ts';
import { configure, type RegistryConfig } from './registry-config.ts';
import type { FallbackOptions, RegistryOptions } from './registry-options.ts';
import { noFile } from './remote/no-file.ts';
import { remoteSource, type RemoteSource } from './remote/remote-source.ts';
import { SingleModel } from './single-model.ts';

/** Listeners by event name. */
export type Listeners = { readonly [E in ServiceEventName]?: ServiceListener<E> };

/** Options of `loadModel`; each as in `RegistryOptions`. */
export interface LoadModelOptions
  extends Pick<CallOptions, 'signal'>,
    Pick<
      RegistryOptions,
      | 'loaders'
      | 'loaderOptions'
      | 'verification'
      | 'authenticity'
      | 'strictExtensions'
      | 'limits'
      | 'loadTimeoutMs'
      | 'extraFeatures'
      | 'validateInput'
      | 'execution'
      | 'admission'
      | 'batching'
      | 'sidecar'
      | 'encryption'
      | 'filePermissions'
      | 'remote'
    > {
  /** What a metadata file would say: feature names, classes, checksum, ... */
  readonly metadata?: Partial<ModelMetadata>;
  /** For a model on a server: the file that answers where the server does not, or the other way round. */
  readonly fallback?: FallbackOptions & { readonly path: string };
  /** As in `RegistryOptions.models`. */
  readonly engine?: 'python';
  /** Listeners for the events of this model, e.g. `{ 'model:warning': console.warn }`. */
  readonly on?: Listeners;
}

/** A model in memory instead of a file. */
export interface ModelBytes {
  readonly bytes: Uint8Array;
  /** File name, whose extension helps where the content does not tell the format. */
  readonly name: string;
}

/** See `loadModel` in `lazy.ts`. */
export async function loadModel<R = Row, P = Prediction>(
  source: string | URL | ModelBytes,
  options: LoadModelOptions = {},
): Promise<Model<R, P>> {
  return loadFrom<R, P>(({ limits }) => sourceOf(source, options, limits.maxModelBytes), options);
}

/** Where one model comes from. */
export interface SingleSource {
  readonly name: string;
  /** Of the address of a model on a server. */
  readonly version?: string | undefined;
  readonly artefact: string | undefined;
  readonly remote?: RemoteSource;
  readonly open: (options: OpenOptions) => Promise<Artefact>;
}

/** `loadModel` for who opens the artefact himself. */
export async function loadFrom<R = Row, P = Prediction>(
  find: (config: RegistryConfig) => SingleSource,
  options: LoadModelOptions,
): Promise<Model<R, P>> {
  const { on = {}, metadata, engine, signal = new AbortController().signal, fallback: _fallback, ...rest } = options;
  checkEngine(engine);
  const config = configure(rest);
  const { name, artefact, version, remote, open } = find(config);
  // A lock of the environment is about the models directory; a file that the application chose itself is not in it.
  const authenticity = options.authenticity === undefined ? undefined : config.authenticity;
  const events = new EventBus();
  for (const [event, listener] of Object.entries(on))
    events.on(event as ServiceEventName, listener as ServiceListener<ServiceEventName>);
  const runtime = new ExecutionRuntime(config.execution, config.container.processors);
  const built = await buildSource(
    { ...config, authenticity, events, runtime },
    {
      requested: name,
      name: metadata?.name ?? name,
      ref: { model: metadata?.name ?? name, version: metadata?.version ?? version, artefact },
      metadata:
        metadata === undefined
          ? undefined
          : { extra: {}, ...metadata, name: metadata.name ?? name, version: metadata.version ?? '' },
      remote,
      place: undefined,
      loaderOptions: undefined,
      engine,
      fresh: artefact !== undefined,
      resolveMs: 0,
      signal,
      makeRoom: () => Promise.resolve(),
      open: (opening) => open({ ...opening, maxBytes: config.limits.maxModelBytes }),
    },
  );
  return new LiveModel<R, P>(new SingleModel(built, events));
}

function checkEngine(engine: unknown): void {
  if (engine === undefined || engine === 'python') return;
  throw new ConfigurationError(
    'ML_OPTIONS_INVALID',
    `options.engine must be 'python' or absent, got ${describe(engine)}`,
  );
}

/** What models on servers are given. */
interface SourceOptions extends Pick<LoadModelOptions, 'remote'> {
  readonly fallback?: LoadModelOptions['fallback'] | undefined;
}

function sourceOf(
  source: string | URL | ModelBytes,
  { remote: options = {}, fallback }: SourceOptions,
  maxBytes: number,
): SingleSource {
  if ((typeof source === 'string' || source instanceof URL) && isRemote(String(source))) {
    const local = fallback && sourceOf(fallback.path, {}, maxBytes);
    const remote = remoteSource(String(source), {
      options,
      fallback:
        fallback && local
          ? {
              order: fallback.order,
              local: {
                ref: { model: local.name, version: undefined, artefact: local.artefact },
                metadata: undefined,
                place: undefined,
                fresh: true,
                open: (opening) => local.open({ ...opening, maxBytes }),
              },
            }
          : undefined,
    });
    const { model, version, text } = remote.address;
    return { name: model, version, artefact: text, remote, open: noFile };
  }
  if (typeof source === 'string' || source instanceof URL) {
    const path = typeof source === 'string' ? source : pathOf(source);
    const name = path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
    return { name, artefact: path, open: (options) => openArtefact(undefined, path, options) };
  }
  if (source?.bytes instanceof Uint8Array && typeof source.name === 'string') {
    return {
      name: source.name,
      artefact: undefined,
      open: () => Promise.resolve(bytesArtefact(source.name, source.bytes)),
    };
  }
  throw wrongSource();
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw wrongSource(error);
  }
}

function wrongSource(cause?: unknown): ConfigurationError {
  return new ConfigurationError(
    'ML_OPTIONS_INVALID',
    'loadModel() takes a path, a file URL, an oip+ address or { bytes: Uint8Array, name: string }',
    { cause },
  );
}
