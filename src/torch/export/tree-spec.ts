import { badExport } from './export-problem.ts';
import { type JsonNode, parseJson } from './json-node.ts';

/** Deeper containers than this are no outputs of a model. */
const MAX_DEPTH = 64;

/** What a function gives back: the path of each leaf, and whether the outermost container has names. */
export interface OutputTree {
  readonly paths: readonly (readonly string[])[];
  readonly named: boolean;
}

/**
 * Reads a specification of nested containers: `[1, {type, context, children_spec}]` as text.
 *
 * @param fields names of the fields of named tuples, by their type
 */
export function readTreeSpec(text: string, fields: ReadonlyMap<string, readonly string[]>): OutputTree {
  const [, root] = parseJson(Buffer.from(text), 'out_spec').list();
  if (root === undefined) throw badExport('out_spec has no root');
  const paths: string[][] = [];
  const walk = (node: JsonNode, path: readonly string[]): void => {
    if (path.length > MAX_DEPTH) throw badExport('out_spec is nested too deeply');
    if (node.get('type') === undefined) {
      paths.push([...path]);
      return;
    }
    const children = node.need('children_spec').list();
    const keys = keysOf(node, fields) ?? children.map((_, i) => String(i));
    for (const [i, child] of children.entries()) walk(child, [...path, keys[i] ?? String(i)]);
  };
  walk(root, []);
  return { paths, named: root.get('type') !== undefined && keysOf(root, fields) !== undefined };
}

/** The names of a container's children; `undefined` for lists and tuples. */
function keysOf(node: JsonNode, fields: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const context = node.get('context')?.value;
  if (typeof context !== 'string') return undefined;
  const known = fields.get(context) ?? fields.get(unquoted(context));
  if (known !== undefined) return known;
  const count = node.need('children_spec').list().length;
  let parsed: unknown;
  try {
    parsed = JSON.parse(context);
  } catch {
    return undefined;
  }
  return namesIn(parsed, count);
}

function unquoted(text: string): string {
  return text.replaceAll('"', '');
}

/** A list of as many names as there are children: keys of a dictionary, fields of a data class. */
function namesIn(value: unknown, count: number): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [, keys] = value as readonly unknown[];
  // `defaultdict` writes its factory first, data classes their class.
  if (Array.isArray(keys) && value.length === 2) return namesIn(keys, count);
  if (count === 0 || value.length !== count) return undefined;
  return value.every((key) => typeof key === 'string' || typeof key === 'number') ? value.map(String) : undefined;
}
