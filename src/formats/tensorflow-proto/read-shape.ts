import { FormatError } from '../../errors/format-error.ts';
import type { TfShape } from './graph-def.ts';
import type { ProtoContext } from './proto-context.ts';

/** TensorFlow itself allows no more dimensions. */
const MAX_RANK = 254;

/** TensorShapeProto. */
export function readShape(body: Uint8Array, context: ProtoContext): TfShape {
  const reader = context.open(body, 'TensorShapeProto');
  const shape: number[] = [];
  let unknownRank = false;
  while (reader.next()) {
    if (reader.field === 2) shape.push(readDim(reader.bytes(), context));
    else if (reader.field === 3) unknownRank = reader.integer() !== 0;
  }
  if (shape.length > MAX_RANK) throw reader.problem(`has ${shape.length} dimensions; TensorFlow allows ${MAX_RANK}`);
  return unknownRank ? undefined : shape;
}

function readDim(body: Uint8Array, context: ProtoContext): number {
  const reader = context.open(body, 'TensorShapeProto.Dim');
  let size = 0;
  while (reader.next()) if (reader.field === 1) size = reader.integer();
  if (!Number.isSafeInteger(size)) throw reader.problem(`is an extent of ${size}`);
  // The optimiser numbers extents that it does not know: -2, -3, ...
  return Math.max(size, -1);
}

/**
 * How many elements a shape has.
 *
 * @param what what has the shape, for the message
 * @throws `ML_FORMAT_MALFORMED` for an unknown extent and for numbers beyond 2^53
 */
export function elementCount(shape: TfShape, what: string): number {
  if (shape === undefined || shape.some((extent) => extent < 0)) {
    throw new FormatError('ML_FORMAT_MALFORMED', `${what} has no full shape, but a value`);
  }
  let count = 1;
  for (const extent of shape) count *= extent;
  if (!Number.isSafeInteger(count)) {
    throw new FormatError('ML_FORMAT_MALFORMED', `${what} has the impossible shape [${shape.join(', ')}]`);
  }
  return count;
}
