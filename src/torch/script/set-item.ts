import type { CodePlace } from '../../formats/torchscript/code-problem.ts';
import { badProgram, cannotWrite } from './script-problem.ts';
import type { ScriptValue } from './script-value.ts';
import { keyOf, positionOf } from './sequences.ts';

/** `container[key] = value`, of a list or a dictionary. */
export function setItem(container: ScriptValue, key: ScriptValue, value: ScriptValue, place: CodePlace): void {
  if (container.kind === 'dict') {
    const text = keyOf(key);
    if (text === undefined) throw cannotWrite(place, 'a key of a dictionary depends on the input');
    container.entries.set(text, { key, value });
    return;
  }
  const position =
    container.kind === 'list' && key.kind === 'int' ? positionOf(Number(key.value), container.items.length) : undefined;
  if (container.kind !== 'list' || position === undefined)
    throw badProgram(place, `an item of a ${container.kind} is set`);
  container.items[position] = value;
}
