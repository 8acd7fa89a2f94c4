import { ProtocolError } from '../errors/protocol-error.ts';
import { parseJson } from './parse-json.ts';

/** A message taken apart: its JSON, and the binary tensors behind it. */
export interface SplitBody {
  readonly document: unknown;
  readonly binary: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * Takes a body apart where the header `Inference-Header-Content-Length` says; without it all is JSON.
 *
 * @param jsonLength the header's text
 * @throws `ML_PROTOCOL_MALFORMED`
 */
export function splitBody(body: Uint8Array, jsonLength: string | undefined): SplitBody {
  if (jsonLength === undefined) return { document: parseJson(body), binary: NOTHING };
  const length = /^\d{1,15}$/.test(jsonLength) ? Number(jsonLength) : Number.NaN;
  if (!(length <= body.length)) {
    throw new ProtocolError(
      'ML_PROTOCOL_MALFORMED',
      `the header Inference-Header-Content-Length is ${JSON.stringify(jsonLength)}; the body has ${body.length} bytes`,
      { details: { got: jsonLength, bodyBytes: body.length } },
    );
  }
  return { document: parseJson(body.subarray(0, length)), binary: body.subarray(length) };
}
