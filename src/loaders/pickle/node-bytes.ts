import { isNode, type PyNode, type PyValue } from '../../formats/pickle/nodes.ts';

/** What a small object costs beside its content, about. */
const OBJECT_BYTES = 64;

/** Objects that are counted; of larger graphs it is a lower bound, so that the event loop is not held. */
const MAX_OBJECTS = 50_000;

/**
 * About how many bytes an object keeps in memory: its arrays, texts and containers, each counted once. It does
 * not recurse.
 */
export function nodeBytes(root: PyValue): number {
  const seen = new Set<PyNode>();
  const waiting: PyNode[] = [];
  let bytes = 0;
  const visit = (value: PyValue | undefined): void => {
    if (typeof value === 'string') bytes += 2 * value.length;
    else if (!isNode(value)) bytes += 8;
    else if (!seen.has(value) && seen.size < MAX_OBJECTS) {
      seen.add(value);
      waiting.push(value);
    }
  };
  visit(root);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    bytes += OBJECT_BYTES + ownBytes(node);
    visitChildren(node, visit);
  }
  return bytes;
}

function ownBytes(node: PyNode): number {
  if (node.kind === 'ndarray') return node.byteLength;
  return node.kind === 'bytes' ? node.data.length : 0;
}

function visitChildren(node: PyNode, visit: (value: PyValue | undefined) => void): void {
  switch (node.kind) {
    case 'list':
    case 'tuple':
      for (const item of node.items) visit(item);
      break;
    case 'set':
      for (const item of node) visit(item);
      break;
    case 'dict':
      for (const [key, value] of node) {
        visit(key);
        visit(value);
      }
      break;
    case 'object':
      visit(node.state);
      visit(node.entries);
      for (const item of node.args) visit(item);
      for (const item of node.items ?? []) visit(item);
      break;
    case 'ndarray':
      if (node.isObject) for (const item of node.objects) visit(item);
      break;
    case 'masked-array':
      visit(node.data);
      visit(node.mask);
      break;
    default:
      break;
  }
}
