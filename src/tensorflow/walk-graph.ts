import type { FunctionDef, NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import { readAttr } from '../formats/tensorflow-proto/read-attr.ts';
import { controlInputs, dataInputs, GraphBody } from './graph-body.ts';

/** A node and the function that it is in; empty for the graph itself. */
export interface PlacedNode {
  readonly node: NodeDef;
  readonly functionName: string;
}

/** What is walked, and from where. */
export interface Walk {
  readonly body: GraphBody;
  readonly functions: ReadonlyMap<string, FunctionDef>;
  readonly context: ProtoContext;
  /** Nodes of the graph to start from. */
  readonly roots: readonly string[];
  /** Whether all nodes of a function count that is called, or only those that it runs. */
  readonly wholeFunctions: boolean;
  /** Nodes of the graph whose values are given: what they are made of does not count. */
  readonly fed?: ReadonlySet<string>;
}

/** Every node that is reached from the roots, along data and control edges and into functions; each once. */
export function walkGraph({ body, functions, context, roots, wholeFunctions, fed }: Walk): readonly PlacedNode[] {
  const found: PlacedNode[] = [];
  const called = new Set<string>();
  const waiting: string[] = [];
  const visit = (within: GraphBody, names: readonly string[]): void => {
    const seen = new Set<string>();
    const stack = [...names];
    while (stack.length > 0) {
      const name = stack.pop() as string;
      if (seen.has(name)) continue;
      seen.add(name);
      const node = within.nodes.get(name);
      if (node === undefined) continue;
      found.push({ node, functionName: within.name });
      for (const callee of functionsOf(node, context, functions)) {
        if (called.has(callee)) continue;
        called.add(callee);
        waiting.push(callee);
      }
      if (within === body && fed?.has(name) === true) continue;
      for (const ref of [...dataInputs(node), ...controlInputs(node)]) stack.push(nodeName(ref));
    }
  };
  visit(body, roots.map(nodeName));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const definition = functions.get(name);
    if (definition === undefined) continue;
    const inner = GraphBody.ofFunction(definition, functions);
    visit(
      inner,
      wholeFunctions ? [...inner.nodes.keys()] : [...definition.ret.values(), ...definition.controlRet].map(nodeName),
    );
  }
  return found;
}

/** The node that an edge refers to. */
export function nodeName(ref: string): string {
  const [name = ''] = ref.replace(/^\^/, '').split(':');
  return name;
}

/** Tags of the fields of an AttrValue that can name functions: a list, a function. */
const LIST = 0x0a;
const FUNCTION = 0x52;

/** Functions that a node calls or hands on. */
export function functionsOf(
  node: NodeDef,
  context: ProtoContext,
  functions: ReadonlyMap<string, FunctionDef>,
): readonly string[] {
  const names: string[] = functions.has(node.op) ? [node.op] : [];
  for (const body of node.attrs.values()) {
    if (body[0] !== LIST && body[0] !== FUNCTION) continue;
    const attr = readAttr(body, context);
    if (attr.kind === 'function') names.push(attr.name);
    else if (attr.kind === 'list') names.push(...attr.list.functions);
  }
  return names;
}
