import type { FunctionDef, NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import { Attributes } from './attributes.ts';
import { controlInputs, dataInputs, GraphBody } from './graph-body.ts';
import { nodeName } from './walk-graph.ts';

/** Where a value comes from, through arguments of functions and nodes that only hand it on. */
export interface Source {
  readonly node: NodeDef;
  readonly index: number;
  /** Where an input of that node comes from. */
  readonly input: (i: number) => Source | undefined;
}

interface Frame {
  readonly body: GraphBody;
  readonly args: readonly (Source | undefined)[];
}

/** What is walked. */
export interface EffectsOf {
  readonly body: GraphBody;
  readonly functions: ReadonlyMap<string, FunctionDef>;
  readonly context: ProtoContext;
}

/** Functions within functions, as savers and initializers have them, go no deeper. */
const MAX_DEPTH = 16;
/** Functions may call each other often: this many calls are followed. */
const MAX_CALLS = 10_000;

/**
 * Calls back with every node that running the given ones would run, into functions: how variables are
 * restored and tables filled is read off the graph, without running it.
 */
export function eachEffect(
  { body, functions, context }: EffectsOf,
  roots: readonly string[],
  visit: (effect: Source) => void,
): void {
  let calls = 0;
  const run = (frame: Frame, names: readonly string[], depth: number): void => {
    const seen = new Set<string>();
    const stack = [...names];
    while (stack.length > 0) {
      const node = frame.body.nodes.get(stack.pop() as string);
      if (node === undefined || seen.has(node.name)) continue;
      seen.add(node.name);
      const input = (i: number): Source | undefined => sourceOf(dataInputs(node)[i], frame);
      visit({ node, index: 0, input });
      for (const ref of [...dataInputs(node), ...controlInputs(node)]) stack.push(nodeName(ref));
      if (!/^(Stateful)?PartitionedCall$/.test(node.op) || depth >= MAX_DEPTH || ++calls > MAX_CALLS) continue;
      const definition = functions.get(new Attributes(node, context).functionName('f'));
      if (definition === undefined) continue;
      const inner = {
        body: GraphBody.ofFunction(definition, functions),
        args: dataInputs(node).map((_, i) => input(i)),
      };
      run(inner, [...definition.ret.values(), ...definition.controlRet].map(nodeName), depth + 1);
    }
  };
  run({ body, args: [] }, roots, 0);
}

function sourceOf(ref: string | undefined, frame: Frame): Source | undefined {
  let at = ref;
  for (let steps = 0; at !== undefined && steps <= frame.body.nodes.size; steps++) {
    const { node, index } = frame.body.resolve(at);
    if (node === undefined) return frame.args[index];
    if (node.op !== 'Identity') return { node, index, input: (i) => sourceOf(dataInputs(node)[i], frame) };
    [at] = dataInputs(node);
  }
  return undefined;
}
