import { ProtocolError } from '../errors/protocol-error.ts';

/** Dimensions of a tensor; numpy has as many. */
const MAX_DIMENSIONS = 64;
/** The extent in all other dimensions of a tensor without elements: rows that cost the sender nothing. */
const MAX_EMPTY_EXTENT = 65_536;

/**
 * Checks a shape and gives how many elements it has, so that a caller can compare that with what was sent before
 * anything is allocated.
 *
 * @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_LIMIT`
 */
export function elementCount(shape: unknown, what: string): number {
  if (!Array.isArray(shape)) throw malformed(`the shape of ${what} must be an array of integers`, shape);
  if (shape.length > MAX_DIMENSIONS) {
    throw new ProtocolError(
      'ML_PROTOCOL_LIMIT',
      `${what} has ${shape.length} dimensions; at most ${MAX_DIMENSIONS} are read`,
      { details: { dimensions: shape.length, limit: MAX_DIMENSIONS } },
    );
  }
  let count = 1;
  let others = 1;
  for (const extent of shape as readonly unknown[]) {
    if (typeof extent !== 'number' || !Number.isSafeInteger(extent) || extent < 0)
      throw malformed(`the shape of ${what} must hold integers from 0 on`, shape);
    count *= extent;
    if (extent > 0) others *= extent;
  }
  if (others > Number.MAX_SAFE_INTEGER || (count === 0 && others > MAX_EMPTY_EXTENT))
    throw malformed(`the shape of ${what} is larger than any tensor`, shape);
  return count;
}

function malformed(message: string, shape: unknown): ProtocolError {
  const text = JSON.stringify(shape) ?? 'none';
  return new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `${message}, got ${text.length > 200 ? `${text.slice(0, 200)}...` : text}`,
  );
}
