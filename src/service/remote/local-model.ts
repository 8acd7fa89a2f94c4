import { EventBus } from '../../events/event-bus.ts';
import type { Answering } from '../../remote/fallback-model.ts';
import type { CallOptions, Feeds, Model, ModelInfo, ModelMethod } from '../../spec/model.ts';
import type { Rows } from '../../spec/rows.ts';
import { type BuildRequest, type BuildSettings, buildModel } from '../build-model.ts';
import { LiveModel } from '../live-model.ts';
import { SingleModel } from '../single-model.ts';
import type { FallbackSource } from './remote-source.ts';

/** What a model beside one on a server is built for. */
interface LocalWork {
  readonly request: BuildRequest;
  readonly signal: AbortSignal;
  readonly fallback: FallbackSource;
}

/** A model in this process that answers in turn with one on a server: placed, queued and joined as any other. */
export class LocalModel implements Answering {
  readonly info: ModelInfo;
  readonly methods: readonly ModelMethod[];
  readonly #model: Model;

  private constructor(model: Model) {
    this.#model = model;
    this.info = model.info;
    this.methods = model.methods;
  }

  /** `undefined`, with a warning, where it cannot be loaded: the one on the server answers alone then. */
  static async build(
    settings: BuildSettings,
    { request, signal, fallback }: LocalWork,
  ): Promise<LocalModel | undefined> {
    const { local } = fallback;
    try {
      if (local instanceof Error) throw local;
      const built = await buildModel(settings, { ...request, ...local, remote: undefined, signal, resolveMs: 0 });
      // Calls are told of once, by the model around this one.
      return new LocalModel(new LiveModel(new SingleModel(built, new EventBus())));
    } catch (error) {
      if (signal.aborted) throw error;
      const text = error instanceof Error ? error.message : String(error);
      const message = `the fallback of ${request.name} cannot be used, and the server answers alone: ${text}`;
      settings.events.emit('model:warning', { ...request.ref, code: 'fallback-unusable', message });
      return undefined;
    }
  }

  get bytes(): number {
    return this.info.bytes;
  }

  ask(method: ModelMethod, input: Rows | Feeds, options: CallOptions): Promise<unknown> {
    return this.#model[method](input as never, options);
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
