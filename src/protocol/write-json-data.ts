import { ProtocolError } from '../errors/protocol-error.ts';
import type { TensorLike } from '../spec/tensor.ts';
import type { Datatype } from './datatype.ts';
import { readValues } from './read-values.ts';

/**
 * The elements of a tensor as a flat JSON array. 64-bit integers are written with all their digits; what is not a number becomes
 * `null`, an infinity `"Infinity"` or `"-Infinity"`.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED` for bytes that are no text, `ML_PROTOCOL_MALFORMED` for values that do not fit
 */
export function writeJsonData({ data }: TensorLike, datatype: Datatype, what: string): string {
  if (datatype === 'BYTES') return texts(data as readonly unknown[], what);
  if (datatype === 'BOOL')
    return `[${Array.from(data as ArrayLike<unknown>, (value) => value === true || value === 1).join(',')}]`;
  const values = ArrayBuffer.isView(data) ? data : (readValues(data, datatype, what) as Float64Array);
  if (!(values instanceof Float64Array || values instanceof Float32Array)) return `[${values.join(',')}]`;
  for (const value of values) if (!Number.isFinite(value)) return `[${Array.from(values, uncommon).join(',')}]`;
  return `[${values.join(',')}]`;
}

function uncommon(value: number): string {
  if (Number.isNaN(value)) return 'null';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function texts(values: readonly unknown[], what: string): string {
  const index = values.findIndex((value) => typeof value !== 'string' && value !== null);
  if (index < 0) return JSON.stringify(values);
  const isBytes = values[index] instanceof Uint8Array;
  throw new ProtocolError(
    'ML_PROTOCOL_UNSUPPORTED',
    `element ${index} of ${what} is ${isBytes ? 'binary' : `a ${typeof values[index]}`}, which JSON cannot hold; ${isBytes ? 'send the tensor binary' : 'BYTES are texts'}`,
    { details: { index } },
  );
}
