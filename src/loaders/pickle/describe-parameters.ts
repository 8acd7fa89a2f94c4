import { isNode, type PyObject, type PyValue } from '../../formats/pickle/nodes.ts';

const MAX_TEXT = 80;
const MAX_ATTRIBUTES = 60;

/**
 * Settings of an object with their values, and its fitted attributes (names that end in `_`) with their values or
 * types.
 *
 * @param typeOf what a value is, where it cannot be written out
 */
export function parametersOf(
  node: PyObject,
  typeOf: (value: PyValue) => string,
): { readonly parameters?: Readonly<Record<string, string>>; readonly fitted?: Readonly<Record<string, string>> } {
  const parameters: [string, string][] = [];
  const fitted: [string, string][] = [];
  for (const [key, value] of node.attributes ?? []) {
    if (typeof key !== 'string' || key === '_sklearn_version') continue;
    const list = key.endsWith('_') ? fitted : key.startsWith('_') ? undefined : parameters;
    if (list !== undefined && list.length < MAX_ATTRIBUTES)
      list.push([shorten(key), shorten(literal(value) ?? typeOf(value))]);
  }
  return {
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
    ...(fitted.length > 0 && { fitted: Object.fromEntries(fitted) }),
  };
}

/** Plain values as Python writes them, about; `undefined` for what is no plain value. */
function literal(value: PyValue): string | undefined {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_TEXT));
  if (!isNode(value)) return String(value);
  if (value.kind === 'float') return String(value.value);
  if (value.kind === 'scalar') return literal(value.value);
  if ((value.kind === 'tuple' || value.kind === 'list') && value.items.length <= 8) {
    const items = value.items.map((item) => (isNode(item) && item.kind !== 'float' ? undefined : literal(item)));
    if (items.every((item) => item !== undefined))
      return value.kind === 'list' ? `[${items.join(', ')}]` : `(${items.join(', ')})`;
  }
  return undefined;
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}
