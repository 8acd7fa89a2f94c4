import { ProtocolError } from '../errors/protocol-error.ts';
import { type Parameters, parameter } from './parameters.ts';

/**
 * What tensors stand for, as MLServer names it: `np` a matrix, `pd` the columns of a table, `str` texts, `base64` bytes
 * written as text, `datetime` moments in ISO 8601.
 */
export type ContentType = 'np' | 'pd' | 'str' | 'base64' | 'datetime';

const CONTENT_TYPES: ReadonlySet<unknown> = new Set(['np', 'pd', 'str', 'base64', 'datetime']);

/**
 * The content type in the parameters of a request or tensor, if there is one.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED` for one that is not known here
 */
export function contentTypeOf(parameters: Parameters): ContentType | undefined {
  const value = parameter(parameters, 'content_type');
  if (value === undefined || value === null) return undefined;
  if (CONTENT_TYPES.has(value)) return value as ContentType;
  throw new ProtocolError(
    'ML_PROTOCOL_UNSUPPORTED',
    `content_type ${JSON.stringify(value)} is not known; use one of ${[...CONTENT_TYPES].join(', ')}`,
    { details: { contentType: value } },
  );
}
