import { ProtocolError } from '../errors/protocol-error.ts';
import type { TensorData, TensorLike } from '../spec/tensor.ts';
import { type Datatype, datatypeOf, dtypeOf } from './datatype.ts';
import type { NamedTensor } from './messages.ts';
import { NO_PARAMETERS, type Parameters } from './parameters.ts';
import { elementCount } from './shape.ts';

/** A tensor that was read, as the protocol described it. */
export function receivedTensor(
  head: {
    readonly name: string;
    readonly datatype: Datatype;
    readonly shape: readonly number[];
    readonly parameters: Parameters;
  },
  data: TensorData,
): NamedTensor {
  const { name, datatype, shape, parameters } = head;
  const plain = datatype !== 'BYTES' || (data as readonly unknown[]).every((value) => typeof value === 'string');
  return { name, datatype, shape, parameters, data, dtype: plain ? (dtypeOf(datatype) ?? 'object') : 'object' };
}

/**
 * A tensor of the library's by a name, ready to be sent.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED` for complex numbers, `ML_PROTOCOL_MALFORMED` where shape and data disagree
 */
export function namedTensor(name: string, tensor: TensorLike, parameters: Parameters = NO_PARAMETERS): NamedTensor {
  const { data, shape, dtype } = tensor;
  const datatype = datatypeOf(dtype);
  if (datatype === undefined) {
    throw new ProtocolError(
      'ML_PROTOCOL_UNSUPPORTED',
      `tensor ${JSON.stringify(name)} is of ${dtype}, which the Open Inference Protocol does not have; send its parts as real tensors`,
      { details: { tensor: name, dtype } },
    );
  }
  const count = elementCount(shape, `tensor ${JSON.stringify(name)}`);
  if (count !== data.length) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `tensor ${JSON.stringify(name)} has ${data.length} elements; its shape [${shape.join(', ')}] needs ${count}`,
      { details: { tensor: name, got: data.length, expected: count } },
    );
  }
  return { name, datatype, shape, dtype, data, parameters };
}
