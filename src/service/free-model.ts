import type { LoadedModel } from '../spec/model-loader.ts';

/** Disposes a model. What fails here has nobody to tell: the model is gone either way. */
export async function freeModel(loaded: Pick<LoadedModel, 'dispose'> | null | undefined, name: string): Promise<void> {
  try {
    await loaded?.dispose?.();
  } catch (error) {
    process.emitWarning(`disposing ${name} failed: ${String(error)}`, {
      type: 'BaseMLServiceWarning',
      code: 'ML_DISPOSE',
    });
  }
}
