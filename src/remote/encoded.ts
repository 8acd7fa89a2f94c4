import { InputError } from '../errors/input-error.ts';
import { MLServiceError } from '../errors/ml-service-error.ts';

/**
 * What is to be sent, written. What the protocol cannot hold is the caller's to correct, and not the server's fault.
 *
 * @throws `ML_INPUT_DTYPE`
 */
export function encoded<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!MLServiceError.isInstance(error) || !error.code.startsWith('ML_PROTOCOL_')) throw error;
    throw new InputError('ML_INPUT_DTYPE', error.message, { details: error.details, cause: error });
  }
}
