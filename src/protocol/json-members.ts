import { describe } from '../data/rows.ts';
import { ProtocolError } from '../errors/protocol-error.ts';
import { NO_PARAMETERS, type Parameters } from './parameters.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws `ML_PROTOCOL_MALFORMED` */
export function nameOf(item: JsonObject, what: string): string {
  const { name } = item;
  if (typeof name === 'string' && name !== '') return name;
  throw new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `the name of ${what} must be a non-empty string, got ${describe(name)}`,
  );
}

/** A text that may be absent. @throws `ML_PROTOCOL_MALFORMED` */
export function textMember(item: JsonObject, member: string): string | undefined {
  const value = item[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ProtocolError('ML_PROTOCOL_MALFORMED', `"${member}" must be a string, got ${describe(value)}`);
}

/** @throws `ML_PROTOCOL_MALFORMED` */
export function parametersOf(item: JsonObject, what: string): Parameters {
  const { parameters } = item;
  if (parameters === undefined || parameters === null) return NO_PARAMETERS;
  if (isObject(parameters)) return parameters;
  throw new ProtocolError(
    'ML_PROTOCOL_MALFORMED',
    `the parameters of ${what} must be an object, got ${describe(parameters)}`,
  );
}
