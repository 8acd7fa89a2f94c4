// Typed reading of the arguments of calls and of state tuples.
import type { PyDict } from './py-dict.ts';
import { PyBytes, type PyGlobal, type PyTuple, type PyValue, isNode } from './nodes.ts';
import { malformed } from './problems.ts';

/** The error of a call whose arguments are of a wrong number or type. */
export function wrongArguments(callee: PyGlobal, offset: number): Error {
  return malformed(`${callee.path} is called with arguments that it does not take`, offset);
}

export function isInteger(value: PyValue | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** A number of any kind as a double; `undefined` for anything else. */
export function asDouble(value: PyValue | undefined): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  return isNode(value) && value.kind === 'float' ? value.value : undefined;
}

export function isTuple(value: PyValue | undefined): value is PyTuple {
  return isNode(value) && value.kind === 'tuple';
}

export function isDict(value: PyValue | undefined): value is PyDict {
  return isNode(value) && value.kind === 'dict';
}

export function isGlobal(value: PyValue | undefined): value is PyGlobal {
  return isNode(value) && value.kind === 'global';
}

/** The elements of a list, tuple or set; `undefined` for anything else. */
export function elementsOf(value: PyValue | undefined): readonly PyValue[] | undefined {
  if (!isNode(value)) return undefined;
  if (value.kind === 'list' || value.kind === 'tuple') return value.items;
  return value.kind === 'set' ? [...value] : undefined;
}

/** Bytes, also where Python 2 wrote them as a string. */
export function asBytes(value: PyValue | undefined): Uint8Array | undefined {
  if (typeof value === 'string') return latin1(value);
  return isNode(value) && value.kind === 'bytes' ? value.data : undefined;
}

/** Text, also where it is ASCII in bytes. */
export function asText(value: PyValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof PyBytes && value.data.length < 1_000 ? Buffer.from(value.data).toString('latin1') : undefined;
}

/** One byte per character; `undefined` where a character has none. */
export function latin1(text: string): Uint8Array | undefined {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return undefined;
  return Buffer.from(text, 'latin1');
}

/** A shape: a tuple of ints that are not negative. */
export function asShape(value: PyValue | undefined): number[] | undefined {
  if (!isTuple(value)) return undefined;
  const shape = value.items.filter((extent): extent is number => typeof extent === 'number' && extent >= 0);
  return shape.length === value.items.length ? shape : undefined;
}
