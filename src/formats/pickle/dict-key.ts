import { malformed, overLimit } from './problems.ts';
import { keyWeight, type PyTuple, type PyValue } from './nodes.ts';

/** A `Map` key that is equal exactly where Python's `==` and `hash` are. */
export type DictKey = string | number | bigint | object | null;

/** Weight of one key that is not plain text. Real keys are a few numbers and words. */
const MAX_KEY_WEIGHT = 4_096;

/**
 * The key under which a Python value is kept: `1`, `1.0` and `True` are one key, text and bytes are not,
 * tuples are equal by content, and what Python compares by identity is its own key.
 *
 * @throws FormatError `ML_FORMAT_MALFORMED` for a value that Python cannot hash, `ML_FORMAT_LIMIT` for a huge tuple.
 */
export function dictKey(value: PyValue): DictKey {
  switch (typeof value) {
    case 'string':
      // A leading NUL marks the encoded forms below.
      return value.charCodeAt(0) === 0 ? `\0s${value}` : value;
    case 'boolean':
      return Number(value);
    case 'number':
    case 'bigint':
      return value;
    default:
      break;
  }
  if (value === null) return null;
  switch (value.kind) {
    case 'float':
      return floatKey(value.value) ?? value;
    case 'bytes':
      if (value.mutable) throw malformed('a bytearray is used as a key');
      checkWeight(value);
      return `\0b${Buffer.from(value.data.buffer, value.data.byteOffset, value.data.length).toString('latin1')}`;
    case 'tuple':
      return tupleKey(value);
    case 'scalar': {
      const inner = value.value;
      if (typeof inner === 'number') return floatKey(inner) ?? value;
      return typeof inner === 'object' ? value : dictKey(inner);
    }
    case 'set':
      if (value.frozen) return value;
      throw malformed('a set is used as a key');
    case 'list':
    case 'dict':
    case 'ndarray':
    case 'masked-array':
      throw malformed(`a ${value.kind} is used as a key`);
    default:
      return value;
  }
}

/** NaN is equal to nothing but itself, so it has no key but its object. */
function floatKey(value: number): DictKey | undefined {
  if (Number.isNaN(value)) return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** Tuples that share their parts could be compared without end. */
function checkWeight(key: PyValue): void {
  if (keyWeight(key) > MAX_KEY_WEIGHT) {
    throw overLimit('the size of a key', MAX_KEY_WEIGHT, `a key of ${keyWeight(key)} parts`);
  }
}

function tupleKey(tuple: PyTuple): DictKey {
  checkWeight(tuple);
  let text = '\0t';
  const pending: (PyValue | undefined)[] = [tuple];
  while (pending.length > 0) {
    const value = pending.pop();
    if (value === undefined) {
      text += ')';
      continue;
    }
    if (typeof value === 'object' && value?.kind === 'tuple') {
      text += '(';
      pending.push(undefined);
      for (let i = value.items.length - 1; i >= 0; i--) pending.push(value.items[i] ?? null);
      continue;
    }
    const key = dictKey(value);
    // Parts that are compared by identity make the whole tuple compare by identity: rare, and never wrong for reading.
    if (typeof key === 'object' && key !== null) return tuple;
    text += typeof key === 'string' ? `s${key.length}:${key}` : `n${String(key)},`;
  }
  return text;
}
