import { AbortedError } from '../errors/aborted-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';
import { PublishError } from '../errors/publish-error.ts';
import { errnoOf, isOfSystem } from '../internal/durable.ts';

/** An error of the operating system in the library's own type; others as they are. */
export function changeError(error: unknown, modelsDir: string): unknown {
  if (MLServiceError.isInstance(error)) return error;
  if (errnoOf(error) === 'ABORT_ERR') return new AbortedError('ML_ABORTED', 'the change was aborted', { cause: error });
  if (!isOfSystem(error)) return error;
  return new PublishError('ML_PUBLISH_FAILED', `${modelsDir} could not be changed: ${error.message}`, {
    details: { modelsDir, errno: error.code },
    cause: error,
  });
}
