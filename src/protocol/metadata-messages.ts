import { describe } from '../data/rows.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import { checkDatatype } from './datatype.ts';
import { isObject, nameOf, parametersOf } from './json-members.ts';
import type { ModelMetadataMessage, ServerMetadataMessage, TensorMetadata } from './messages.ts';

/**
 * `GET /v2/models/{name}` as JSON gives it. What servers leave out is empty.
 *
 * @throws `ML_PROTOCOL_MALFORMED`
 */
export function readModelMetadata(document: unknown): ModelMetadataMessage {
  if (!isObject(document)) throw malformed('the metadata of a model', document);
  const { platform } = document;
  return {
    name: nameOf(document, 'the model'),
    versions: textsOf(document['versions']),
    platform: typeof platform === 'string' ? platform : '',
    inputs: tensorsOf(document['inputs'], 'input'),
    outputs: tensorsOf(document['outputs'], 'output'),
    parameters: parametersOf(document, 'the model'),
  };
}

/** `GET /v2`. @throws `ML_PROTOCOL_MALFORMED` */
export function readServerMetadata(document: unknown): ServerMetadataMessage {
  if (!isObject(document)) throw malformed('the metadata of a server', document);
  const { name, version } = document;
  return {
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'string' ? version : '',
    extensions: textsOf(document['extensions']),
  };
}

function tensorsOf(list: unknown, kind: string): TensorMetadata[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw malformed(`the ${kind}s of a model`, list);
  return list.map((item: unknown, index) => {
    if (!isObject(item)) throw malformed(`${kind} ${index}`, item);
    const name = nameOf(item, `${kind} ${index}`);
    const what = `${kind} ${JSON.stringify(name)}`;
    // Triton's gRPC gives 64-bit extents as texts.
    const shape = Array.isArray(item['shape']) ? item['shape'].map(Number) : [];
    if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= -1))
      throw malformed(`the shape of ${what}`, item['shape']);
    return { name, datatype: checkDatatype(item['datatype'], what), shape, parameters: parametersOf(item, what) };
  });
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function malformed(what: string, got: unknown): ProtocolError {
  return new ProtocolError('ML_PROTOCOL_MALFORMED', `${what} is not as the protocol has it: got ${describe(got)}`);
}
