import type { AtenArgument, AtenGraph, AtenNode, AtenResult } from './aten-graph.ts';

/** The names that an argument refers to. */
export function namesOf(argument: AtenArgument): readonly string[] {
  if (argument.kind === 'value') return [argument.name];
  return argument.kind === 'list' ? argument.items.flatMap(namesOf) : [];
}

/** Every argument of a call. */
export function argumentsOf(node: AtenNode): readonly AtenArgument[] {
  return [...node.positional, ...node.named.values()];
}

/** The names that a call gives. */
export function resultNames(results: readonly AtenResult[]): readonly string[] {
  return results.flatMap(({ name, elements }) => (elements === undefined ? [name] : resultNames(elements)));
}

/** A result without the names that nobody uses. */
function keepWanted(result: AtenResult, wanted: ReadonlySet<string>): AtenResult {
  if (result.elements !== undefined) {
    return { ...result, elements: result.elements.map((element) => keepWanted(element, wanted)) };
  }
  return wanted.has(result.name) ? result : { ...result, name: '' };
}

/**
 * The calls that an output depends on, in order. What falls away besides unused values are
 * assertions: they give nothing.
 */
export function liveNodes(graph: AtenGraph): readonly AtenNode[] {
  const wanted = new Set(graph.outputs.flatMap(({ value }) => namesOf(value)));
  const live: AtenNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!resultNames(node.outputs).some((name) => wanted.has(name))) continue;
    live.push({ ...node, outputs: node.outputs.map((result) => keepWanted(result, wanted)) });
    for (const name of argumentsOf(node).flatMap(namesOf)) wanted.add(name);
  }
  return live.toReversed();
}
