import { ProtocolError } from '../errors/protocol-error.ts';
import { readBinary, writeBinary } from './binary-data.ts';
import { checkDatatype } from './datatype.ts';
import { flattenData } from './flatten-data.ts';
import { isObject, nameOf, parametersOf } from './json-members.ts';
import type { NamedTensor } from './messages.ts';
import { receivedTensor } from './named-tensor.ts';
import { parameter, without } from './parameters.ts';
import { readValues } from './read-values.ts';
import { elementCount } from './shape.ts';
import { writeJsonData } from './write-json-data.ts';

/** Says how many bytes behind the JSON are the tensor's. */
const BINARY_SIZE = 'binary_data_size';

/**
 * The tensors of a JSON message, those whose elements follow it in binary form included.
 *
 * @param binary what follows the JSON
 * @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_LIMIT`
 */
export function readTensors(list: unknown, binary: Uint8Array, kind: 'input' | 'output'): NamedTensor[] {
  if (!Array.isArray(list)) {
    throw new ProtocolError('ML_PROTOCOL_MALFORMED', `"${kind}s" must be an array of tensors`);
  }
  let at = 0;
  const tensors = list.map((item: unknown, index) => {
    const what = `${kind} ${index}`;
    if (!isObject(item)) throw new ProtocolError('ML_PROTOCOL_MALFORMED', `${what} must be an object`);
    const size = parameter(parametersOf(item, what), BINARY_SIZE);
    if (size === undefined) return readTensor(item, undefined, what);
    const end = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? at + size : Number.NaN;
    if (!(end <= binary.length)) {
      throw new ProtocolError(
        'ML_PROTOCOL_MALFORMED',
        `${BINARY_SIZE} of ${what} is ${JSON.stringify(size)}; ${binary.length - at} bytes are left behind the JSON`,
        { details: { got: size, left: binary.length - at } },
      );
    }
    const bytes = binary.subarray(at, end);
    at = end;
    return readTensor(item, bytes, what);
  });
  if (at === binary.length) return tensors;
  throw new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `${binary.length - at} bytes behind the JSON belong to no ${kind}; each binary tensor states its ${BINARY_SIZE}`,
    { details: { left: binary.length - at } },
  );
}

function readTensor(
  item: Readonly<Record<string, unknown>>,
  bytes: Uint8Array | undefined,
  place: string,
): NamedTensor {
  const name = nameOf(item, place);
  const what = `${place.startsWith('i') ? 'input' : 'output'} ${JSON.stringify(name)}`;
  const datatype = checkDatatype(item['datatype'], what);
  const count = elementCount(item['shape'], what);
  const shape = item['shape'] as readonly number[];
  const parameters = parametersOf(item, what);
  if (bytes === undefined) {
    const values = flattenData(item['data'], { shape, count, what });
    return receivedTensor({ name, datatype, shape, parameters }, readValues(values, datatype, what));
  }
  if (item['data'] !== undefined) {
    throw new ProtocolError('ML_PROTOCOL_MALFORMED', `${what} has both "data" and ${BINARY_SIZE}; send one of them`);
  }
  const head = { name, datatype, shape, parameters: without(parameters, BINARY_SIZE) };
  return receivedTensor(head, readBinary(bytes, { datatype, count, what }));
}

/** Tensors as text, and as bytes that follow it. */
export interface WrittenTensors {
  readonly json: string;
  readonly binary: readonly Uint8Array[];
}

/**
 * Tensors as a JSON array.
 *
 * @param isBinary which of them go behind the JSON in binary form
 * @throws `ML_PROTOCOL_UNSUPPORTED`, `ML_PROTOCOL_MALFORMED`
 */
export function writeTensors(
  tensors: readonly NamedTensor[],
  kind: 'input' | 'output',
  isBinary: (tensor: NamedTensor) => boolean,
): WrittenTensors {
  const binary: Uint8Array[] = [];
  const texts = tensors.map((tensor) => {
    const { name, datatype, shape } = tensor;
    const what = `${kind} ${JSON.stringify(name)}`;
    const head = `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(',')}]`;
    if (!isBinary(tensor)) {
      return `${head}${parametersText(tensor.parameters)},"data":${writeJsonData(tensor, datatype, what)}}`;
    }
    const bytes = writeBinary(tensor, datatype, what);
    binary.push(bytes);
    return `${head}${parametersText({ ...tensor.parameters, [BINARY_SIZE]: bytes.length })}}`;
  });
  return { json: `[${texts.join(',')}]`, binary };
}

/** `,"parameters":{...}`, or nothing where there are none. */
export function parametersText(parameters: Readonly<Record<string, unknown>>): string {
  for (const _ in parameters) return `,"parameters":${JSON.stringify(parameters)}`;
  return '';
}
