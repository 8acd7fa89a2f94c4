import { describe, isTensor } from '../data/rows.ts';
import { InputError } from '../errors/input-error.ts';
import type { ArrowTableLike } from '../spec/rows.ts';
import { ownBytes } from './own-bytes.ts';

/** Lists in lists that rows may have, as for images and sequences. */
const MAX_DEPTH = 16;

/**
 * Rows or feeds as they may be sent to a worker: the same object where nothing needs to change. An Arrow table becomes
 * columns, a view of a large buffer gets a buffer of its own.
 *
 * @throws `ML_INPUT_INVALID` for what would arrive as something else: functions, symbols, instances of classes whose
 * values come from accessors
 */
export function toWireInput(input: unknown): unknown {
  if (isArrowTable(input)) return columnsOf(input);
  if (isTensor(input)) {
    const { data, shape, dtype } = input;
    return { data: sendable(data, 'the tensor', 0), shape, dtype };
  }
  return sendable(input, 'rows', 0);
}

function sendable(value: unknown, what: string, depth: number): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw refusal(what, value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return ownBytes(value);
  if (depth > MAX_DEPTH) throw new InputError('ML_INPUT_INVALID', `${what} is nested more than ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) return sendableList(value, what, depth);
  if (value instanceof Date) return value;
  if (isTensor(value)) return { data: sendable(value.data, what, depth + 1), shape: value.shape, dtype: value.dtype };
  return sendableRecord(value, what, depth);
}

function sendableList(list: readonly unknown[], what: string, depth: number): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    // Numbers and text are what nearly all rows are made of.
    if (typeof item === 'number' || typeof item === 'string') continue;
    const sent = sendable(item, what, depth + 1);
    if (sent === item) continue;
    changed ??= [...list];
    changed[i] = sent;
  }
  return changed ?? list;
}

function sendableRecord(record: object, what: string, depth: number): object {
  const prototype: unknown = Object.getPrototypeOf(record);
  const plain = prototype === null || prototype === Object.prototype;
  if (!plain && !keepsItsValues(record)) throw refusal(what, record);
  let changed: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(record)) {
    if (typeof item === 'number' || typeof item === 'string') continue;
    const sent = sendable(item, what, depth + 1);
    if (sent === item) continue;
    changed ??= { ...record };
    changed[key] = sent;
  }
  return changed ?? (plain ? record : { ...record });
}

/** Whether all that an instance has are values of its own: an accessor of its class would be lost. */
function keepsItsValues(record: object): boolean {
  for (
    let prototype: unknown = Object.getPrototypeOf(record);
    typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const properties = Object.values(Object.getOwnPropertyDescriptors(prototype));
    if (properties.some((property) => 'get' in property || typeof property.value !== 'function')) return false;
  }
  const native = Object.prototype.toString.call(record) !== '[object Object]';
  return !native;
}

function refusal(what: string, value: unknown): InputError {
  return new InputError(
    'ML_INPUT_INVALID',
    `${what} hold ${describe(value)}, which cannot be sent to the worker that the model runs in; pass plain objects, arrays, numbers and text, or run the model inline`,
  );
}

function isArrowTable(value: unknown): value is ArrowTableLike {
  return typeof value === 'object' && value !== null && 'getChild' in value && 'numRows' in value && 'schema' in value;
}

function columnsOf(table: ArrowTableLike): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    table.schema.fields.map(({ name }) => {
      const column = table.getChild(name);
      return [name, Array.from({ length: table.numRows }, (_, row) => column?.get(row))];
    }),
  );
}
