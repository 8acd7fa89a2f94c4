import { InputError } from '../errors/input-error.ts';
import { ProtocolError } from '../errors/protocol-error.ts';

/**
 * What is to be sent, written. What the protocol cannot hold is the caller's to correct, and not the server's fault.
 *
 * @throws `ML_INPUT_DTYPE`
 */
export function encoded<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new InputError('ML_INPUT_DTYPE', error.message, { details: error.details, cause: error });
  }
}
