import { ProtocolError } from '../errors/protocol-error.ts';

/**
 * The elements of `data` of a JSON tensor in row-major order. They may be flat, or nested exactly as the shape says;
 * nothing else is guessed at.
 *
 * @param count elements of the shape
 * @throws `ML_PROTOCOL_MALFORMED`
 */
export function flattenData(
  data: unknown,
  { shape, count, what }: { readonly shape: readonly number[]; readonly count: number; readonly what: string },
): readonly unknown[] {
  if (!Array.isArray(data)) {
    if (shape.length === 0 && data !== undefined) return [data];
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `${what} has no data: "data" must be an array${data === undefined ? ', or the tensor binary' : ''}`,
    );
  }
  if (!Array.isArray(data[0])) {
    if (data.length === count) return data;
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `${what} has ${data.length} elements; its shape [${shape.join(', ')}] needs ${count}`,
      { details: { got: data.length, expected: count } },
    );
  }
  const values: unknown[] = [];
  collect(data, 0, { shape, what, values });
  return values;
}

interface Collecting {
  readonly shape: readonly number[];
  readonly what: string;
  readonly values: unknown[];
}

/** As deep as the shape is long, which is bounded. */
function collect(list: readonly unknown[], depth: number, to: Collecting): void {
  const { shape, what, values } = to;
  if (list.length !== shape[depth]) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `the nested data of ${what} has ${list.length} items where its shape [${shape.join(', ')}] has ${shape[depth]}; nest it as the shape says, or send it flat`,
      { details: { depth, got: list.length, expected: shape[depth] } },
    );
  }
  const isLast = depth === shape.length - 1;
  for (const item of list) {
    if (isLast) values.push(item);
    else if (Array.isArray(item)) collect(item, depth + 1, to);
    else {
      throw new ProtocolError(
        'ML_PROTOCOL_MALFORMED',
        `the nested data of ${what} is less deep in some places than its shape [${shape.join(', ')}]`,
        { details: { depth } },
      );
    }
  }
}
