import { isNode, type PyGlobal, type PyNode, type PyValue } from './nodes.ts';

/** A name that is not known, and where the object holds it. */
export interface UnknownGlobal {
  readonly module: string;
  readonly name: string;
  /** Byte offset where the stream first names it. */
  readonly offset: number;
  /** Its first place inside the object, such as `.best_estimator_.steps[0][1]`; empty for the object itself. */
  readonly path: string;
}

/** Places that are remembered per search; beyond it the path is left empty rather than memory spent on it. */
const MAX_VISITED = 500_000;

/**
 * Finds where unknown classes and functions are, nearest to the root first. It does not recurse, and each object is
 * looked at once.
 */
export function findUnknown(root: PyValue): UnknownGlobal[] {
  const found = new Map<PyGlobal, string>();
  const parents = new Map<PyNode, { readonly parent: PyNode | undefined; readonly step: string }>();
  const queue: PyNode[] = [];
  const visit = (value: PyValue | undefined, parent: PyNode | undefined, step: string): void => {
    if (!isNode(value) || parents.has(value) || parents.size >= MAX_VISITED) return;
    parents.set(value, { parent, step });
    queue.push(value);
  };
  visit(root, undefined, '');
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] as PyNode;
    const named = node.kind === 'global' ? node : node.kind === 'object' ? node.cls : undefined;
    if (named?.status === 'unknown' && !found.has(named)) found.set(named, pathOf(node, parents));
    children(node, (value, step) => visit(value, node, step));
  }
  return [...found].map(([{ module, name, offset }, path]) => ({ module, name, offset, path }));
}

function children(node: PyNode, visit: (value: PyValue | undefined, step: string) => void): void {
  switch (node.kind) {
    case 'tuple':
    case 'list':
      // Most elements are plain values, and text for their places would be wasted.
      each(node.items, visit, (i) => `[${i}]`);
      break;
    case 'dict':
      for (const [key, value] of node) {
        visit(key, '.keys()');
        if (isNode(value)) visit(value, `[${keyText(key)}]`);
      }
      visit(node.factory, '.default_factory');
      visit(node.attributes, '.__dict__');
      break;
    case 'set':
      for (const item of node) visit(item, '.item');
      break;
    case 'object':
      attributes(node.state, visit);
      each(node.args, visit, (i) => `(${i})`);
      visit(node.kwargs, '(kwargs)');
      visit(node.entries, '');
      each(node.items ?? [], visit, (i) => `[${i}]`);
      break;
    case 'ndarray':
      if (node.isObject) each(node.objects, visit, (i) => `.flat[${i}]`);
      break;
    default:
      break;
  }
}

function each(
  values: readonly PyValue[],
  visit: (value: PyValue, step: string) => void,
  step: (i: number) => string,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (isNode(value)) visit(value, step(i));
  }
}

/** Attributes are visited as attributes, not as entries of a dictionary of their own. */
function attributes(state: PyValue | undefined, visit: (value: PyValue | undefined, step: string) => void): void {
  if (!isNode(state) || state.kind !== 'dict') {
    visit(state, '.state');
    return;
  }
  for (const [key, value] of state) visit(value, typeof key === 'string' ? `.${key}` : `[${keyText(key)}]`);
}

function keyText(key: PyValue): string {
  if (typeof key === 'string') return JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}...` : key);
  return isNode(key) ? key.kind : String(key);
}

function pathOf(
  node: PyNode,
  parents: ReadonlyMap<PyNode, { readonly parent: PyNode | undefined; readonly step: string }>,
): string {
  const steps: string[] = [];
  for (let at = parents.get(node), guard = 0; at !== undefined && guard < 100; guard++) {
    steps.push(at.step);
    at = at.parent === undefined ? undefined : parents.get(at.parent);
  }
  return steps.reverse().join('');
}
