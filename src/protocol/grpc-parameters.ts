import { ProtocolError } from '../errors/protocol-error.ts';
import type { GrpcParameter, GrpcParameters } from './grpc-messages.ts';
import { NO_PARAMETERS, type Parameters } from './parameters.ts';

/** Parameters from their gRPC form. Integers beyond 2^53 stay texts. */
export function readGrpcParameters(parameters: GrpcParameters | undefined): Parameters {
  const entries = Object.entries(parameters ?? {});
  if (entries.length === 0) return NO_PARAMETERS;
  return Object.fromEntries(entries.map(([name, value]) => [name, valueOf(value)]));
}

function valueOf(value: GrpcParameter): unknown {
  const { parameter_choice: choice } = value;
  if (choice === undefined) return undefined;
  if (choice !== 'int64_param' && choice !== 'uint64_param') return value[choice];
  const number = Number(value[choice]);
  return Number.isSafeInteger(number) ? number : String(value[choice]);
}

/** @throws `ML_PROTOCOL_UNSUPPORTED` for a value that is no text, number or boolean */
export function writeGrpcParameters(parameters: Parameters): GrpcParameters {
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, parameterOf(name, value)]),
  );
}

function parameterOf(name: string, value: unknown): GrpcParameter {
  if (typeof value === 'boolean') return { bool_param: value };
  if (typeof value === 'string') return { string_param: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { int64_param: value } : { double_param: value };
  throw new ProtocolError(
    'ML_PROTOCOL_UNSUPPORTED',
    `parameter ${JSON.stringify(name)} is ${JSON.stringify(value)}; gRPC takes texts, numbers and booleans`,
    { details: { parameter: name } },
  );
}
