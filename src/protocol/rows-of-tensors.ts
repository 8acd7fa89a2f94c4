import { ProtocolError } from '../errors/protocol-error.ts';
import type { Rows } from '../spec/rows.ts';
import { type ContentType, contentTypeOf } from './content-type.ts';
import type { NamedTensor } from './messages.ts';
import type { Parameters } from './parameters.ts';

/**
 * The rows that the tensors of a request stand for. One tensor is a matrix `[rows, features]`, or texts, one per row;
 * several, or content type `pd`, are the columns of a table, each of one value per row.
 *
 * @param parameters the request's
 * @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_UNSUPPORTED`
 */
export function rowsOfTensors(inputs: readonly NamedTensor[], parameters: Parameters): Rows {
  const whole = contentTypeOf(parameters);
  const [only] = inputs;
  if (only !== undefined && inputs.length === 1 && whole !== 'pd') return rowsOfTensor(only, whole);
  if (whole !== undefined && whole !== 'pd') {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `content_type ${whole} of a request means its only input, and there are ${inputs.length}; use pd for columns`,
    );
  }
  return Object.fromEntries(inputs.map((input) => [input.name, columnOf(input)]));
}

function rowsOfTensor(input: NamedTensor, whole: ContentType | undefined): Rows {
  const own = contentTypeOf(input.parameters) ?? whole;
  if (input.datatype !== 'BYTES') {
    if (own === 'str' || own === 'base64' || own === 'datetime') throw notText(input, own);
    return input;
  }
  const [, width = 1] = input.shape;
  if (input.shape.length > 2 || width !== 1) return { data: textsOf(input, own), shape: input.shape, dtype: 'object' };
  return textsOf(input, own) as Rows;
}

/** One value per row: shape `[rows]` or `[rows, 1]`. */
function columnOf(input: NamedTensor): ArrayLike<unknown> {
  const { name, shape, data, datatype } = input;
  const own = contentTypeOf(input.parameters);
  if (shape.length === 0 || shape.length > 2 || (shape[1] ?? 1) !== 1) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `input ${JSON.stringify(name)} is a column of a table and must have shape [rows] or [rows, 1], got [${shape.join(', ')}]`,
      { details: { input: name, shape } },
    );
  }
  if (datatype === 'BYTES') return textsOf(input, own);
  if (own === 'str' || own === 'base64' || own === 'datetime') throw notText(input, own);
  return data;
}

/** The values of a tensor of `BYTES` as rows hold them. */
function textsOf({ name, data }: NamedTensor, contentType: ContentType | undefined): readonly unknown[] {
  const values = data as readonly unknown[];
  if (values.some((value) => value instanceof Uint8Array)) {
    throw new ProtocolError(
      'ML_PROTOCOL_UNSUPPORTED',
      `input ${JSON.stringify(name)} holds bytes that are no UTF-8; rows take texts`,
      { details: { input: name } },
    );
  }
  if (contentType !== 'base64') return values;
  return values.map((value) => (value === null ? null : Buffer.from(value as string, 'base64').toString('utf8')));
}

function notText({ name, datatype }: NamedTensor, contentType: ContentType): ProtocolError {
  return new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `input ${JSON.stringify(name)} has content_type ${contentType}, which needs BYTES, got ${datatype}`,
    { details: { input: name } },
  );
}
