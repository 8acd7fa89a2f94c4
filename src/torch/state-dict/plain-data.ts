import { FormatError } from '../../errors/format-error.ts';
import type { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode, type PyNode, PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { PyDict } from '../../formats/pickle/py-dict.ts';

/** Data nested deeper is no checkpoint. */
const MAX_DEPTH = 256;

/**
 * What a checkpoint holds as plain JavaScript: numbers (bigint beyond 2^53), text, arrays for lists and tuples,
 * `Map` for dictionaries and namespaces, `Set` for sets, `Uint8Array` for bytes, typed arrays for arrays. A tensor is
 * `{ tensor: name }`, an object of an unknown class `{ unread: class }`. What the file refers to twice is one object
 * here too; the depth was limited when the file was read.
 */
export function plainData(root: PyValue, tensors: ReadonlyMap<PyNode, string>): unknown {
  const done = new Map<PyNode, unknown>();
  let depth = 0;
  const map = (dict: PyDict, into: Map<unknown, unknown>): void => {
    for (const [key, item] of dict) into.set(of(key), of(item));
  };
  const of = (value: PyValue): unknown => {
    if (!isNode(value)) return value;
    if (value.kind === 'float') return value.value;
    if (done.has(value)) return done.get(value);
    const plain = empty(value, tensors);
    done.set(value, plain);
    if (++depth > MAX_DEPTH) throw new FormatError('ML_FORMAT_LIMIT', `the data is nested more than ${MAX_DEPTH} deep`);
    // Filled after it is known, so that what contains itself does here too.
    if (value.kind === 'list' || value.kind === 'tuple')
      for (const item of value.items) (plain as unknown[]).push(of(item));
    else if (value.kind === 'set') for (const item of value) (plain as Set<unknown>).add(of(item));
    else if (value.kind === 'dict') map(value, plain as Map<unknown, unknown>);
    else if (plain instanceof Map && value instanceof PyObject) map(dictOf(value) as PyDict, plain);
    depth -= 1;
    return plain;
  };
  return of(root);
}

function dictOf(value: PyObject): PyDict | undefined {
  return value.entries ?? (value.cls.path === 'argparse.Namespace' ? value.attributes : undefined);
}

/** The plain form of a node, containers still without their items. */
function empty(node: PyNode, tensors: ReadonlyMap<PyNode, string>): unknown {
  const tensor = tensors.get(node);
  if (tensor !== undefined) return { tensor };
  switch (node.kind) {
    case 'list':
    case 'tuple':
      return [];
    case 'dict':
      return new Map();
    case 'set':
      return new Set();
    case 'bytes':
      return node.data;
    case 'scalar': {
      const { value } = node;
      return isNode(value) ? { unread: value.kind } : value;
    }
    case 'complex':
      return { re: node.re, im: node.im };
    case 'range':
      return { start: node.start, stop: node.stop, step: node.step };
    case 'ndarray':
      return array(node);
    case 'global':
      return node.path;
    case 'dtype':
      return node.name;
    case 'object':
      return object(node);
    default:
      return { unread: node.kind };
  }
}

function array(node: NdArray): unknown {
  const { shape, dtype } = node;
  if (node.isObject || !/^[biufc]/.test(dtype.type)) return { unread: `array of ${dtype.name}` };
  return { data: node.toTypedArray(), shape, dtype: dtype.name };
}

function object(node: PyObject): unknown {
  if (dictOf(node) !== undefined) return new Map();
  const { path, module } = node.cls;
  if (module.startsWith('pathlib')) return textOf(node, '/').replace(/^\/\//, '/');
  if (path === 'torch.device') return textOf(node, ':');
  if (path === 'torch.serialization._get_layout') return node.args[0];
  return { unread: path };
}

/** Arguments of text and numbers, joined. */
function textOf({ args }: PyObject, separator: string): string {
  return args.map((part) => (isNode(part) ? part.kind : String(part))).join(separator);
}
