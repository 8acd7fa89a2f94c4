import { isNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { PyDict } from '../../formats/pickle/py-dict.ts';
import { publicName } from '../../sklearn/base/class-name.ts';

/** Names of parts are cut to this length. */
const MAX_NAME = 200;

/** The entries of a dictionary in disguise: `sklearn.utils.Bunch` and other subclasses. */
export function containerOf(value: PyObject): PyDict | undefined {
  if (value.entries !== undefined && value.entries.size > 0) return value.entries;
  return publicName(value.cls) === 'sklearn.utils.Bunch' ? value.attributes : undefined;
}

/** The items of a dictionary, list or tuple by name; `undefined` for anything else. */
export function itemsOf(value: PyValue): [name: string, item: PyValue][] | undefined {
  if (!isNode(value)) return undefined;
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.map((item, i) => [String(i), item]);
  const dict = value.kind === 'dict' ? value : value instanceof PyObject ? containerOf(value) : undefined;
  if (dict === undefined) return undefined;
  return Array.from(dict, ([key, item]) => [nameOf(key), item]);
}

/** A key as the name of a part: text as it is, numbers as text, tuples joined by commas. */
function nameOf(key: PyValue): string {
  return keyText(key, 0).slice(0, MAX_NAME);
}

function keyText(key: PyValue, depth: number): string {
  if (!isNode(key)) return String(key);
  if (key.kind === 'float') return String(key.value);
  if (key.kind === 'scalar') return keyText(key.value, depth);
  if (key.kind === 'tuple' && depth === 0) return key.items.map((item) => keyText(item, 1)).join(',');
  return key.kind;
}
