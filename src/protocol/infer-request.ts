import { describe } from '../data/rows.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import { isObject, nameOf, parametersOf, textMember } from './json-members.ts';
import type { InferRequest, NamedTensor, RequestedOutput } from './messages.ts';
import { parameter } from './parameters.ts';
import type { SplitBody } from './split-body.ts';
import { parametersText, readTensors, type WrittenTensors, writeTensors } from './tensor-list.ts';

/**
 * An inference request from its JSON and binary parts.
 *
 * @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_LIMIT`
 */
export function readInferRequest({ document, binary }: SplitBody): InferRequest {
  if (!isObject(document)) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `an inference request must be a JSON object with "inputs", got ${describe(document)}`,
    );
  }
  const inputs = readTensors(document['inputs'], binary, 'input');
  if (inputs.length === 0) throw new ProtocolError('ML_PROTOCOL_MALFORMED', '"inputs" must hold at least one tensor');
  return {
    id: textMember(document, 'id'),
    parameters: parametersOf(document, 'the request'),
    inputs,
    outputs: readOutputs(document['outputs']),
  };
}

function readOutputs(list: unknown): RequestedOutput[] | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) throw new ProtocolError('ML_PROTOCOL_MALFORMED', '"outputs" must be an array');
  if (list.length === 0) return undefined;
  return list.map((item: unknown, index) => {
    const what = `requested output ${index}`;
    if (!isObject(item)) throw new ProtocolError('ML_PROTOCOL_MALFORMED', `${what} must be an object`);
    return { name: nameOf(item, what), parameters: parametersOf(item, what) };
  });
}

/** Whether a request wants an output of that name in binary form. */
export function wantsBinary({ parameters, outputs }: InferRequest, name: string): boolean {
  const output = outputs?.find((wanted) => wanted.name === name);
  const own = output === undefined ? undefined : parameter(output.parameters, 'binary_data');
  return (own ?? parameter(parameters, 'binary_data_output')) === true;
}

/**
 * An inference request as JSON, with what follows it.
 *
 * @param isBinary which inputs go in binary form; needs a server with the extension `binary_tensor_data`
 * @throws `ML_PROTOCOL_UNSUPPORTED`, `ML_PROTOCOL_MALFORMED`
 */
export function writeInferRequest(
  { id, parameters, inputs, outputs }: InferRequest,
  isBinary: (tensor: NamedTensor) => boolean,
): WrittenTensors {
  const { json, binary } = writeTensors(inputs, 'input', isBinary);
  const wanted = outputs?.map(
    (output) => `{"name":${JSON.stringify(output.name)}${parametersText(output.parameters)}}`,
  );
  const head = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
  const tail = wanted === undefined ? '' : `,"outputs":[${wanted.join(',')}]`;
  return { json: `{${head}"inputs":${json}${tail}${parametersText(parameters)}}`, binary };
}
