import { ProtocolError } from '../errors/protocol-error.ts';
import type { TensorData } from '../spec/tensor.ts';
import { readBinary, writeBinary } from './binary-data.ts';
import { checkDatatype, type Datatype } from './datatype.ts';
import type { GrpcContents, GrpcTensor } from './grpc-messages.ts';
import { readGrpcParameters, writeGrpcParameters } from './grpc-parameters.ts';
import type { NamedTensor } from './messages.ts';
import { receivedTensor } from './named-tensor.ts';
import { readValues } from './read-values.ts';
import { elementCount } from './shape.ts';

/** Which field of the contents holds elements of a type; half precision has none and is always raw. */
const FIELDS = new Map<Datatype, keyof GrpcContents>([
  ['BOOL', 'bool_contents'],
  ['INT8', 'int_contents'],
  ['INT16', 'int_contents'],
  ['INT32', 'int_contents'],
  ['INT64', 'int64_contents'],
  ['UINT8', 'uint_contents'],
  ['UINT16', 'uint_contents'],
  ['UINT32', 'uint_contents'],
  ['UINT64', 'uint64_contents'],
  ['FP32', 'fp32_contents'],
  ['FP64', 'fp64_contents'],
  ['BYTES', 'bytes_contents'],
]);

/**
 * Tensors from their gRPC form, raw or not.
 *
 * @param raw the raw contents of all of them, or empty
 * @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_LIMIT`
 */
export function readGrpcTensors(
  tensors: readonly GrpcTensor[],
  raw: readonly Uint8Array[],
  kind: 'input' | 'output',
): NamedTensor[] {
  if (raw.length > 0 && raw.length !== tensors.length) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `raw_${kind}_contents has ${raw.length} items for ${tensors.length} ${kind}s; it must have one for each, or none`,
      { details: { got: raw.length, expected: tensors.length } },
    );
  }
  return tensors.map((tensor, i) => readTensor(tensor, raw[i], kind));
}

function readTensor(tensor: GrpcTensor, raw: Uint8Array | undefined, kind: string): NamedTensor {
  const { name, contents } = tensor;
  const what = `${kind} ${JSON.stringify(name)}`;
  const datatype = checkDatatype(tensor.datatype, what);
  const shape = tensor.shape.map(Number);
  const count = elementCount(shape, what);
  const head = { name, datatype, shape, parameters: readGrpcParameters(tensor.parameters) };
  if (raw !== undefined) return receivedTensor(head, readBinary(raw, { datatype, count, what }));
  const field = FIELDS.get(datatype);
  if (field === undefined) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `${what} is of ${datatype}, for which there is only raw_${kind}_contents`,
    );
  }
  const values = contents?.[field] ?? [];
  if (values.length !== count) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `${what} has ${values.length} elements in ${field}; its shape [${shape.join(', ')}] needs ${count}`,
      { details: { got: values.length, expected: count } },
    );
  }
  return receivedTensor(head, readContents(values, datatype, what));
}

function readContents(values: readonly unknown[], datatype: Datatype, what: string): TensorData {
  if (datatype !== 'BYTES') return readValues(values, datatype, what);
  // The same framing for both forms, so that texts and bytes are told apart in one place.
  const framed = writeBinary({ data: values, shape: [values.length], dtype: 'object' }, datatype, what);
  return readBinary(framed, { datatype, count: values.length, what });
}

/** Tensors in their gRPC form. */
export interface WrittenGrpcTensors {
  readonly tensors: readonly GrpcTensor[];
  /** The raw contents of all of them, or empty. */
  readonly raw: readonly Uint8Array[];
}

/**
 * Tensors in their gRPC form; half precision makes all of them raw.
 *
 * @throws `ML_PROTOCOL_UNSUPPORTED`, `ML_PROTOCOL_MALFORMED`
 */
export function writeGrpcTensors(tensors: readonly NamedTensor[], wantsRaw: boolean): WrittenGrpcTensors {
  const isRaw = wantsRaw || tensors.some(({ datatype }) => !FIELDS.has(datatype));
  const raw: Uint8Array[] = [];
  const written = tensors.map((tensor) => {
    const { name, datatype, shape, parameters } = tensor;
    const what = `tensor ${JSON.stringify(name)}`;
    const head = { name, datatype, shape, parameters: writeGrpcParameters(parameters) };
    if (!isRaw) return { ...head, contents: contentsOf(tensor, what) };
    raw.push(writeBinary(tensor, datatype, what));
    return head;
  });
  return { tensors: written, raw };
}

function contentsOf({ datatype, data }: NamedTensor, what: string): GrpcContents {
  const field = FIELDS.get(datatype) as keyof GrpcContents;
  if (datatype !== 'BYTES') {
    const values = readValues(data, datatype, what) as ArrayLike<unknown>;
    const isLong = datatype === 'INT64' || datatype === 'UINT64';
    return { [field]: isLong ? Array.from(values, String) : Array.from(values) };
  }
  const framed = Array.from(data as ArrayLike<unknown>, (value, i) => {
    if (value instanceof Uint8Array) return value;
    if (typeof value === 'string') return Buffer.from(value, 'utf8');
    throw new ProtocolError(
      'ML_PROTOCOL_UNSUPPORTED',
      `element ${i} of ${what} is missing or no text, which BYTES cannot hold; fill the value`,
      { details: { index: i } },
    );
  });
  return { [field]: framed };
}
