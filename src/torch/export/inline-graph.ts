import type { AtenArgument, AtenNode, AtenResult } from '../graph/aten-graph.ts';
import { badExport } from './export-problem.ts';
import type { JsonNode } from './json-node.ts';
import { readArgument } from './read-arguments.ts';
import { readValueTypes, type ValueTypes } from './value-types.ts';

/** Graphs inside graphs. */
const MAX_DEPTH = 32;

/** A node that calls graphs of its own. */
export interface GraphCall {
  readonly node: JsonNode;
  /** Of the operator, without namespace. */
  readonly name: string;
  readonly inputs: readonly JsonNode[];
  readonly outputs: readonly AtenResult[];
  readonly place: string;
  readonly depth: number;
  /** Reads a node of the inner graph. */
  readonly read: (node: JsonNode, types: ValueTypes, depth: number) => readonly AtenNode[];
}

/**
 * Where the graph that a call runs stands among its arguments, and where that graph's own arguments begin.
 * `undefined` where the call is no plain wrapper.
 */
function wrappedGraph({ name, inputs }: GraphCall): { readonly graph: number; readonly first: number } | undefined {
  const flag = (i: number): unknown => inputs[i]?.need('arg').get('as_bool')?.value;
  switch (name) {
    case 'wrap_with_set_grad_enabled':
      return { graph: 1, first: 2 };
    case 'wrap_with_autocast':
      return flag(2) === false ? { graph: 4, first: 5 } : undefined;
    case 'invoke_subgraph':
      return { graph: 0, first: 2 };
    case 'cond': {
      const condition = flag(0);
      return condition === undefined ? undefined : { graph: condition === true ? 1 : 2, first: 3 };
    }
    default:
      return undefined;
  }
}

/**
 * The calls of the graph inside of a wrapper (`torch.no_grad()`, a disabled autocast, a branch that is decided), with
 * names of their own. Any other operator on graphs stays a call, which has no translation.
 */
export function inlined(call: GraphCall): readonly AtenNode[] {
  const { node, name, inputs, outputs, place, depth } = call;
  if (depth > MAX_DEPTH) throw badExport(`${node.path} holds graphs inside graphs deeper than ${MAX_DEPTH}`);
  const found = wrappedGraph(call);
  const graph = found && inputs[found.graph]?.need('arg').get('as_graph')?.need('graph');
  if (found === undefined || graph === undefined) {
    return [{ target: `higher_order::${name}`, overload: '', positional: [], named: new Map(), outputs, place }];
  }
  const given = inputs.slice(found.first).flatMap((input) => itemsOf(readArgument(input.need('arg'))));
  const formal = graph.need('inputs').list().map(readArgument);
  if (given.length !== formal.length) node.fail(`passes ${given.length} arguments to a graph of ${formal.length}`);
  const prefix = `${node.path}/`;
  const scoped = (argument: AtenArgument): AtenArgument => rename(argument, prefix);
  const enter = formal.map((parameter, i) =>
    parameter.kind === 'value'
      ? alias(given[i] as AtenArgument, { name: `${prefix}${parameter.name}` }, place)
      : undefined,
  );
  const types = readValueTypes(graph);
  const body = graph
    .need('nodes')
    .list()
    .flatMap((inner) => call.read(inner, types, depth + 1));
  const results = graph.need('outputs').list().map(readArgument).flatMap(itemsOf).map(scoped);
  const wanted = outputs.flatMap((output) => output.elements ?? [output]);
  if (results.length < wanted.length) node.fail('has more results than its graph');
  return [
    ...enter.filter((entry) => entry !== undefined),
    ...body.map((inner) => ({
      ...inner,
      positional: inner.positional.map(scoped),
      named: new Map(Array.from(inner.named, ([key, argument]) => [key, scoped(argument)])),
      outputs: inner.outputs.map((output) => renameResult(output, prefix)),
    })),
    ...wanted.map((output, i) => alias(results[i] as AtenArgument, output, place)),
  ];
}

function itemsOf(argument: AtenArgument): readonly AtenArgument[] {
  return argument.kind === 'list' ? argument.items : [argument];
}

/** A name for what has one already: Python's unary plus. */
function alias(argument: AtenArgument, output: AtenResult, place: string): AtenNode {
  return { target: 'python::pos', overload: '', positional: [argument], named: new Map(), outputs: [output], place };
}

function rename(argument: AtenArgument, prefix: string): AtenArgument {
  if (argument.kind === 'value') return { kind: 'value', name: `${prefix}${argument.name}` };
  return argument.kind === 'list'
    ? { kind: 'list', items: argument.items.map((item) => rename(item, prefix)) }
    : argument;
}

function renameResult(result: AtenResult, prefix: string): AtenResult {
  return {
    ...result,
    name: result.name === '' ? '' : `${prefix}${result.name}`,
    ...(result.elements && { elements: result.elements.map((element) => renameResult(element, prefix)) }),
  };
}
