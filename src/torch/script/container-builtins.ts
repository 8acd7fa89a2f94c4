import type { Builtin } from './builtins.ts';
import { badProgram, cannotWrite } from './script-problem.ts';
import { bool, int, list, LOST, NONE, type ScriptList, type ScriptValue, string, tuple } from './script-value.ts';
import { areEqual, keyOf, positionOf, sequenceOf } from './sequences.ts';
import { setItem } from './set-item.ts';

/** The most items that a loop or a list may have. */
const MAX_ITEMS = 100_000;

/** A builtin over a list that code may change. */
const ofList =
  (change: (items: ScriptValue[], args: readonly ScriptValue[]) => ScriptValue | undefined): Builtin =>
  ({ positional: [target, ...args] }) =>
    target?.kind === 'list' ? change(target.items, args) : undefined;

/** `all` and `any` of a list of Python's booleans. */
const ofBools =
  (join: (values: readonly unknown[]) => boolean): Builtin =>
  ({ positional: [value] }) => {
    if (value?.kind !== 'list') return undefined;
    if (value.items.some(({ kind }) => kind === 'lost')) return LOST;
    const known = value.items.every(({ kind }) => kind === 'bool' || kind === 'int');
    return known ? bool(join(value.items.map((item) => 'value' in item && item.value))) : undefined;
  };

const integer = (value: ScriptValue | undefined): number | undefined =>
  value?.kind === 'int' ? Number(value.value) : undefined;

/** `list[start:end:step]`, as Python counts. */
function slice(items: readonly ScriptValue[], [start, end, step]: readonly (number | undefined)[]): ScriptList {
  const by = step ?? 1;
  if (by < 1) return list([]);
  const taken = items.slice(start ?? 0, end ?? items.length);
  return list(taken.filter((_, i) => i % by === 0));
}

const range: Builtin = ({ positional, place }) => {
  const numbers = positional.map(integer);
  if (numbers.includes(undefined)) throw cannotWrite(place, 'how often a loop runs depends on the input');
  const [first = 0, second, step = 1] = numbers as number[];
  const [from, to] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (step === 0 || !(count <= MAX_ITEMS)) throw cannotWrite(place, `a loop runs ${count} times`);
  return list(Array.from({ length: count }, (_, i) => int(from + i * step)));
};

function lengthOf(value: ScriptValue | undefined): ScriptValue | undefined {
  return value?.kind === 'list' ? int(value.items.length) : undefined;
}

/** `min` and `max` of numbers, one by one or in a list. */
const smallest =
  (operator: string): Builtin =>
  ({ positional, writer, place }) => {
    const [first] = positional;
    const items = first?.kind === 'list' || first?.kind === 'tuple' ? first.items : positional;
    if (items.some(({ kind }) => kind === 'lost')) return LOST;
    return items.reduce((least, item) =>
      writer.write(operator, { positional: [least, item], named: new Map() }, place),
    );
  };

/** `"{} of {}".format(a, b)`. It ends in messages only. */
const format: Builtin = ({ positional: [template, ...args] }) => {
  if (template?.kind !== 'string') return undefined;
  let next = 0;
  return string(template.value.replaceAll('{}', () => textOf(args[next++] ?? NONE)));
};

function textOf(value: ScriptValue): string {
  const items = value.kind === 'string' ? undefined : sequenceOf(value);
  if (items !== undefined) return `[${items.map(textOf).join(', ')}]`;
  return 'value' in value && value.kind !== 'number' ? String(value.value) : value.kind;
}

/** Builtins on lists, tuples, dictionaries and text. */
export const CONTAINER_BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['python::range', range],
  // `for i in range(a, b, c)` is written with these two.
  ['aten::__range_length', (call) => lengthOf(range(call))],
  [
    'aten::__derive_index',
    ({ positional }) => {
      const [index, start, step] = positional.map(integer);
      if (index === undefined || start === undefined || step === undefined) return undefined;
      return int(start + index * step);
    },
  ],
  ['prim::min', smallest('python::min')],
  ['prim::max', smallest('python::max')],
  ['aten::format', format],
  [
    'aten::len',
    ({ positional: [value] }) => {
      if (value?.kind === 'lost') return LOST;
      if (value?.kind === 'dict') return int(value.entries.size);
      const items = value && sequenceOf(value);
      return items === undefined ? undefined : int(items.length);
    },
  ],
  [
    'aten::list',
    ({ positional: [value] }) => {
      const items = value && sequenceOf(value);
      return items === undefined ? undefined : list(items);
    },
  ],
  ['aten::append', ofList((items, [item = NONE]) => (items.push(item), NONE))],
  ['aten::extend', ofList((items, [more = NONE]) => (items.push(...(sequenceOf(more) ?? [])), NONE))],
  ['aten::clear', ofList((items) => ((items.length = 0), NONE))],
  ['aten::reverse', ofList((items) => (items.reverse(), NONE))],
  ['aten::copy', ofList((items) => list(items))],
  ['aten::insert', ofList((items, [at, item = NONE]) => (items.splice(integer(at) ?? 0, 0, item), NONE))],
  ['aten::pop', ofList((items, [at]) => items.splice(positionOf(integer(at) ?? -1, items.length) ?? 0, 1)[0])],
  [
    'aten::slice',
    ({ positional: [value, ...bounds] }) => {
      if (value?.kind === 'string') {
        return string(
          slice(sequenceOf(value) ?? [], bounds.map(integer))
            .items.map(textOf)
            .join(''),
        );
      }
      return value?.kind === 'list' || value?.kind === 'tuple' ? slice(value.items, bounds.map(integer)) : undefined;
    },
  ],
  [
    'aten::add',
    ({ positional: [a, b] }) => {
      if (a?.kind === 'string' && b?.kind === 'string') return string(a.value + b.value);
      if (a?.kind === 'list' && b?.kind === 'list') return list([...a.items, ...b.items]);
      return a?.kind === 'tuple' && b?.kind === 'tuple' ? tuple([...a.items, ...b.items]) : undefined;
    },
  ],
  [
    'aten::add_',
    ({ positional: [a, b] }) => {
      if (a?.kind !== 'list' || b?.kind !== 'list') return undefined;
      a.items.push(...b.items);
      return a;
    },
  ],
  [
    'aten::mul',
    ({ positional: [a, b] }) => {
      const times = integer(b);
      if (a?.kind !== 'list' || times === undefined) return undefined;
      return list(Array.from({ length: Math.min(times, MAX_ITEMS) }, () => a.items).flat());
    },
  ],
  [
    'aten::__contains__',
    ({ positional: [container, item = NONE], place }) => {
      if (container?.kind === 'dict') return bool(container.entries.has(keyOf(item) ?? ''));
      const items = container && sequenceOf(container);
      if (items === undefined) return undefined;
      const each = new Set(items.map((other) => areEqual(other, item)));
      if (each.has(true)) return bool(true);
      if (each.has(undefined)) throw cannotWrite(place, 'whether a list has an item depends on the input');
      return bool(false);
    },
  ],
  [
    'aten::__getitem__',
    ({ positional: [container, index = NONE], place }) => {
      if (container?.kind === 'dict') return container.entries.get(keyOf(index) ?? '')?.value;
      const items = container && sequenceOf(container);
      const at = integer(index);
      if (items === undefined) return undefined;
      if (at === undefined) throw cannotWrite(place, 'an index of a list depends on the input');
      const item = items[positionOf(at, items.length) ?? -1];
      if (item === undefined) throw badProgram(place, `index ${at} of ${items.length} items`);
      return item;
    },
  ],
  [
    'aten::_set_item',
    ({ positional: [container = NONE, key = NONE, value = NONE], place }) => {
      if (container.kind !== 'list' && container.kind !== 'dict') return undefined;
      setItem(container, key, value, place);
      return NONE;
    },
  ],
  [
    'aten::keys',
    ({ positional: [dict] }) =>
      dict?.kind === 'dict' ? list(Array.from(dict.entries.values(), ({ key }) => key)) : undefined,
  ],
  [
    'aten::values',
    ({ positional: [dict] }) =>
      dict?.kind === 'dict' ? list(Array.from(dict.entries.values(), ({ value }) => value)) : undefined,
  ],
  [
    'aten::items',
    ({ positional: [dict] }) =>
      dict?.kind === 'dict'
        ? list(Array.from(dict.entries.values(), ({ key, value }) => tuple([key, value])))
        : undefined,
  ],
  [
    'aten::get',
    ({ positional: [dict, key = NONE, fallback = NONE] }) =>
      dict?.kind === 'dict' ? (dict.entries.get(keyOf(key) ?? '')?.value ?? fallback) : undefined,
  ],
  ['aten::all', ofBools((values) => values.every(Boolean))],
  ['aten::any', ofBools((values) => values.some(Boolean))],
  ['python::str', ({ positional: [value = NONE] }) => string(textOf(value))],
  ['aten::str', ({ positional: [value = NONE] }) => string(textOf(value))],
]);
