import type { ScriptValue } from './script-value.ts';

/** The items of a list, a tuple or a string's characters; `undefined` for anything else. */
export function sequenceOf(value: ScriptValue): readonly ScriptValue[] | undefined {
  if (value.kind === 'list' || value.kind === 'tuple') return value.items;
  return value.kind === 'string'
    ? Array.from(value.value, (character) => ({ kind: 'string', value: character }))
    : undefined;
}

/** A position counted from the front, `undefined` where it is outside. */
export function positionOf(index: number, length: number): number | undefined {
  const position = index < 0 ? index + length : index;
  return Number.isInteger(position) && position >= 0 && position < length ? position : undefined;
}

/** A key of a dictionary: equal for equal keys of one kind. */
export function keyOf(value: ScriptValue): string | undefined {
  return 'value' in value && value.kind !== 'number' ? `${value.kind} ${String(value.value)}` : undefined;
}

/** Whether two values are the same constant or hold equal ones; `undefined` where only the graph knows. */
export function areEqual(a: ScriptValue, b: ScriptValue): boolean | undefined {
  const [left, right] = [sequenceOrNone(a), sequenceOrNone(b)];
  if (left !== undefined && right !== undefined) {
    if (left.length !== right.length) return false;
    let unknown = false;
    for (const [i, item] of left.entries()) {
      const equal = areEqual(item, right[i] as ScriptValue);
      if (equal === false) return false;
      unknown ||= equal === undefined;
    }
    return unknown ? undefined : true;
  }
  if (a.kind === 'number' && b.kind === 'number') {
    return a === b || (a.symbol !== undefined && a.symbol === b.symbol) ? true : undefined;
  }
  if (isGraph(a) || isGraph(b)) return undefined;
  if (a.kind === 'none' || b.kind === 'none') return a.kind === b.kind;
  if (isNumeric(a) && isNumeric(b)) return Number(a.value) === Number(b.value);
  if ('value' in a && 'value' in b) return a.kind === b.kind && a.value === b.value;
  return a === b;
}

function sequenceOrNone(value: ScriptValue): readonly ScriptValue[] | undefined {
  return value.kind === 'list' || value.kind === 'tuple' ? value.items : undefined;
}

function isGraph({ kind }: ScriptValue): boolean {
  return kind === 'number' || kind === 'box' || kind === 'lost';
}

function isNumeric(value: ScriptValue): value is ScriptValue & { readonly value: number | bigint | boolean } {
  return value.kind === 'int' || value.kind === 'float' || value.kind === 'bool';
}
