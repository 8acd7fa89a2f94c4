import { describe } from '../data/rows.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import { isObject, parametersOf, textMember } from './json-members.ts';
import type { InferResponse, NamedTensor } from './messages.ts';
import type { SplitBody } from './split-body.ts';
import { parametersText, readTensors, type WrittenTensors, writeTensors } from './tensor-list.ts';

/**
 * An inference response from its JSON and binary parts.
 *
 * @throws `ML_PROTOCOL_MALFORMED`, `ML_PROTOCOL_LIMIT`
 */
export function readInferResponse({ document, binary }: SplitBody): InferResponse {
  if (!isObject(document)) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `an inference response must be a JSON object with "outputs", got ${describe(document)}`,
    );
  }
  return {
    modelName: textMember(document, 'model_name') ?? '',
    modelVersion: textMember(document, 'model_version'),
    id: textMember(document, 'id'),
    parameters: parametersOf(document, 'the response'),
    outputs: readTensors(document['outputs'], binary, 'output'),
  };
}

/**
 * An inference response as JSON, with what follows it.
 *
 * @param isBinary which outputs go in binary form
 * @throws `ML_PROTOCOL_UNSUPPORTED`, `ML_PROTOCOL_MALFORMED`
 */
export function writeInferResponse(
  { modelName, modelVersion, id, parameters, outputs }: InferResponse,
  isBinary: (tensor: NamedTensor) => boolean,
): WrittenTensors {
  const { json, binary } = writeTensors(outputs, 'output', isBinary);
  const version = modelVersion === undefined ? '' : `,"model_version":${JSON.stringify(modelVersion)}`;
  const given = id === undefined ? '' : `,"id":${JSON.stringify(id)}`;
  const head = `{"model_name":${JSON.stringify(modelName)}${version}${given}${parametersText(parameters)}`;
  return { json: `${head},"outputs":${json}}`, binary };
}
