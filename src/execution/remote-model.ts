import { fromWireError } from '../errors/wire-error.ts';
import type { LoadedModel } from '../spec/model-loader.ts';
import type { ModelMethod } from '../spec/model.ts';
import type { StoredTensor } from '../spec/stored-tensor.ts';
import type { ModelDescription } from './messages.ts';

/** Asks one object of the file, by the names that lead to it. */
export type Ask = (path: readonly string[], method: ModelMethod | 'tensor', input: unknown) => Promise<unknown>;

/** What stands in for the objects of a file whose model is elsewhere. */
export interface RemoteModel {
  readonly root: LoadedModel;
  /** The names that lead to each of the objects. */
  readonly paths: ReadonlyMap<LoadedModel, readonly string[]>;
}

/** Proxies for a model and its parts, with the methods that the originals have. */
export function createRemoteModel(description: ModelDescription, ask: Ask): RemoteModel {
  const paths = new Map<LoadedModel, readonly string[]>();
  const build = (one: ModelDescription, path: readonly string[]): LoadedModel => {
    const { info, byteSize, methods, rowsIndependent, parts, value, unusable, tensors, advice } = one;
    const calls = methods.map((method) => [method, (input: unknown) => ask(path, method, input)] as const);
    const proxy: LoadedModel = {
      ...Object.fromEntries(calls),
      ...(info !== undefined && { info }),
      ...(byteSize !== undefined && { byteSize }),
      ...(parts !== undefined && {
        parts: new Map(parts.map(([name, part]) => [name, build(part, [...path, name])])),
      }),
      ...(value !== undefined && { value: value.content }),
      ...(unusable !== undefined && { unusable: fromWireError(unusable) }),
      ...(tensors !== undefined && {
        tensors: new Map(tensors),
        tensor: (name: string) => ask(path, 'tensor', name) as Promise<StoredTensor>,
      }),
      ...(advice !== undefined && { advice }),
      rowsIndependent,
    };
    paths.set(proxy, path);
    return proxy;
  };
  return { root: build(description, []), paths };
}
