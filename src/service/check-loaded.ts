import { LoaderError } from '../errors/loader-error.ts';
import { methodsOf } from '../internal/model-methods.ts';
import type { LoadedModel } from '../spec/model-loader.ts';

/** @throws `ML_LOADER_INVALID` if a loader gave something that cannot be used as a model */
export function checkLoaded(loaded: LoadedModel, name: string): void {
  const usable =
    typeof loaded === 'object' &&
    loaded !== null &&
    (methodsOf(loaded).length > 0 || loaded.parts !== undefined || loaded.tensors !== undefined || 'value' in loaded);
  if (!usable) {
    throw new LoaderError(
      'ML_LOADER_INVALID',
      `loader "${name}" must give a model: an object with predict, transform, run or another method, parts, tensors or a value`,
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
