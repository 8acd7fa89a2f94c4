import type { LoaderReference } from '../execution/messages.ts';
import { serveModel } from '../execution/serve-model.ts';
import { openWorkerPort } from '../execution/worker-port.ts';
import { LoaderError } from '../errors/loader-error.ts';
import { LoaderRegistry } from '../loaders/loader-registry.ts';
import type { ModelLoader } from '../spec/model-loader.ts';

// The second composition root: what runs in the thread or process of a model. It knows loaders, nothing of services.

serveModel(openWorkerPort(), findLoader);

async function findLoader({ name, module }: LoaderReference): Promise<ModelLoader> {
  const builtins = new LoaderRegistry();
  if (module === undefined) return builtins.get(name);
  const key = module.export ?? 'loader';
  const exported = (await import(module.url)) as Readonly<Record<string, unknown>>;
  const found = exported[key];
  if (typeof found !== 'object' || found === null || !('load' in found)) {
    throw new LoaderError(
      'ML_LOADER_INVALID',
      `the module of loader "${name}" must export a ModelLoader as "${key}"; ${module.url} exports ${Object.keys(exported).join(', ') || 'nothing'}`,
      { details: { loader: name, module: module.url } },
    );
  }
  return found as ModelLoader;
}
