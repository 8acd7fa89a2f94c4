import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, type PyNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import { publicName } from '../../sklearn/base/class-name.ts';
import { parametersOf } from './describe-parameters.ts';
import { itemsOf } from './container-items.ts';
import { nodeBytes } from './node-bytes.ts';

/** One object of a file, for people who look into it. */
export interface TreeNode {
  /** Attribute, key or index under which the object around it has it. Empty for the root. */
  readonly name: string;
  /** Class, or what kind of data it is, such as `float64 [10, 3]`. */
  readonly type: string;
  /** About how much it keeps in memory, with everything in it. */
  readonly bytes: number;
  /** Settings of an estimator, and its fitted attributes with their types. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly fitted?: Readonly<Record<string, string>>;
  readonly children?: readonly TreeNode[];
  /** Children beyond those listed. */
  readonly more?: number;
}

/** Objects described in all; the rest is counted. */
const MAX_NODES = 400;
/** Items of a list that are described each, such as the trees of a forest. */
const MAX_ITEMS = 12;
const MAX_DEPTH = 24;

/** The tree of estimators, containers and data. */
export function describeNode(root: PyValue): TreeNode {
  return new Describer().node('', root, 0);
}

class Describer {
  #left = MAX_NODES;
  readonly #around = new Set<PyNode>();

  node(name: string, value: PyValue, depth: number): TreeNode {
    this.#left -= 1;
    const own = { name, type: typeOf(value), bytes: nodeBytes(value) };
    if (!isNode(value) || depth >= MAX_DEPTH || this.#around.has(value)) return own;
    this.#around.add(value);
    try {
      const parameters = value instanceof PyObject ? parametersOf(value, typeOf) : {};
      return { ...own, ...parameters, ...this.#children(childrenOf(value), depth) };
    } finally {
      this.#around.delete(value);
    }
  }

  #children(items: readonly (readonly [string, PyValue])[], depth: number): Pick<TreeNode, 'children' | 'more'> {
    if (items.length === 0) return {};
    const children: TreeNode[] = [];
    for (const [name, value] of items) {
      if (children.length >= MAX_ITEMS || this.#left <= 0) break;
      children.push(this.node(name, value, depth + 1));
    }
    const more = items.length - children.length;
    return { children, ...(more > 0 && { more }) };
  }
}

/** Entries of a container; of an object, the attributes that are or hold objects of a class. */
function childrenOf(node: PyNode): (readonly [string, PyValue])[] {
  const items = itemsOf(node);
  if (items !== undefined) return items;
  if (!(node instanceof PyObject) || node.attributes === undefined) return [];
  const { attributes } = node;
  // Beside what was fitted, the pattern from which it was made tells nothing.
  return Array.from(attributes).flatMap(([key, value]) =>
    typeof key !== 'string' || attributes.has(`${key}_`) ? [] : objectsIn(key, value),
  );
}

/** Objects under an attribute: itself, or those in a list such as `steps`, whose items are named. */
function objectsIn(name: string, value: PyValue): (readonly [string, PyValue])[] {
  if (value instanceof PyObject) return [[name, value]];
  const items = value instanceof NdArray && value.isObject ? value.objects : listOf(value);
  return items.flatMap((item, i): (readonly [string, PyValue])[] => {
    if (item instanceof PyObject) return [[`${name}[${i}]`, item]];
    const inner = listOf(item);
    const at = inner.findIndex((part) => part instanceof PyObject);
    if (at < 0) return [];
    const label = inner.find((part) => typeof part === 'string');
    return [[`${name}[${label === undefined ? i : JSON.stringify(label)}]`, inner[at] as PyValue]];
  });
}

function listOf(value: PyValue): readonly PyValue[] {
  if (!isNode(value)) return [];
  return value.kind === 'list' || value.kind === 'tuple' ? value.items : [];
}

/** What a value is, in a few words. */
function typeOf(value: PyValue): string {
  if (value === null) return 'None';
  if (!isNode(value)) return typeof value === 'string' ? 'str' : typeof value === 'boolean' ? 'bool' : 'int';
  switch (value.kind) {
    case 'object':
      return publicName(value.cls);
    case 'global':
      return value.path;
    case 'ndarray':
      return `${value.dtype.name} [${value.shape.join(', ')}]`;
    case 'list':
    case 'tuple':
      return `${value.kind} of ${value.items.length}`;
    case 'dict':
    case 'set':
      return `${value.kind} of ${value.size}`;
    case 'scalar':
      return value.dtype.name;
    default:
      return value.kind;
  }
}
