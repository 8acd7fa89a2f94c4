import type { Awaitable, LoadContext, LoadedModel, ModelLoader } from '../spec/model-loader.ts';
import { createFakeModel } from './fake-model.ts';

/** What a mock loader gives. */
export interface MockLoaderOptions extends Partial<Pick<ModelLoader, 'detect' | 'scan' | 'capabilities'>> {
  /** Default `mock`. */
  readonly name?: string;
  /** File extensions without the dot. Default: the name. */
  readonly formats?: readonly string[];
  /** The model of every file, or a function that makes one (and may throw). Default: predicts 0. */
  readonly model?: LoadedModel | ((context: LoadContext) => Awaitable<LoadedModel>);
}

/** A loader that reads nothing, for unit tests. */
export interface MockLoader extends ModelLoader {
  /** What `load` was called with, in order. */
  readonly loads: readonly LoadContext[];
}

/** A loader for any extension, with models that the test chooses. */
export function createMockLoader(options: MockLoaderOptions = {}): MockLoader {
  const { name = 'mock', formats = [name], model = createFakeModel({ predict: [0] }), ...rest } = options;
  const loads: LoadContext[] = [];
  return {
    ...rest,
    name,
    formats,
    loads,
    load(context) {
      loads.push(context);
      return typeof model === 'function' ? model(context) : model;
    },
  };
}
