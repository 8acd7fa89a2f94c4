import { JsonProblem } from './strict-json.ts';

/** A JSON object of whose fields only the own ones count. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object and no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field, or `undefined` where the object itself has none of that name. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** @throws JsonProblem naming the field */
export function objectField(object: JsonObject, name: string): JsonObject {
  const value = field(object, name);
  if (isObject(value)) return value;
  throw new JsonProblem(`${name} is ${value === undefined ? 'missing' : 'no object'}`);
}

/** @throws JsonProblem naming the field */
export function textField(object: JsonObject, name: string): string {
  const value = field(object, name);
  if (typeof value === 'string' && value !== '') return value;
  throw new JsonProblem(`${name} is ${value === undefined ? 'missing' : 'no text'}`);
}

/** @throws JsonProblem naming the field */
export function arrayField(object: JsonObject, name: string): readonly unknown[] {
  const value = field(object, name);
  if (Array.isArray(value)) return value;
  throw new JsonProblem(`${name} is ${value === undefined ? 'missing' : 'no array'}`);
}
