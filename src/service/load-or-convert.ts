import { MLServiceError } from '../errors/ml-service-error.ts';
import type { LoadContext, LoadedModel, ModelLoader } from '../spec/model-loader.ts';
import type { BuildSettings } from './build-model.ts';
import { convertInstead } from './convert-instead.ts';

/** A file and who reads it. */
export interface Loading {
  readonly loader: ModelLoader;
  readonly context: LoadContext;
  /** What the loader said of this file in a worker: it is not asked again. */
  readonly refusal: MLServiceError | undefined;
}

/** A model, and whether it is one of another file than was asked for. */
export interface LoadedOrConverted {
  readonly loaded: LoadedModel;
  readonly converted: boolean;
}

/**
 * Loads a file, or what a converter makes of it where its loader cannot compute it.
 *
 * @throws what the loader raises; what converting raises
 */
export async function loadOrConvert(
  settings: Pick<BuildSettings, 'converter' | 'loaders' | 'loaderOptions'>,
  { loader, context, refusal }: Loading,
): Promise<LoadedOrConverted> {
  let reason = refusal;
  if (reason === undefined) {
    try {
      return { loaded: await loader.load(context), converted: false };
    } catch (error) {
      if (!isUnsupported(error) || loader.conversion === undefined) throw error;
      reason = error;
    }
  }
  return { loaded: await convertInstead(settings, { loader, context, reason }), converted: true };
}

/** Whether a loader judged the file safe and cannot compute it. */
export function isUnsupported(error: unknown): error is MLServiceError {
  return MLServiceError.isInstance(error) && error.code === 'ML_FORMAT_UNSUPPORTED';
}
