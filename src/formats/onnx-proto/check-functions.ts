import type { Limits } from '../../spec/limits.ts';
import { functionKey } from './check-domains.ts';
import { checkNames, type Scope } from './check-names.ts';
import type { CheckReport } from './check-report.ts';
import type { OnnxFunction, OnnxModel, OnnxNode } from './onnx-model.ts';
import { quoted } from './quoted.ts';
import { subgraphsOf } from './subgraphs.ts';

/** Names within a function; it sees nothing of the graph that calls it. */
export function checkFunctionNames(f: OnnxFunction, report: CheckReport): Scope {
  const { nodes, inputs, outputs } = f;
  return checkNames(
    { where: f, title: `function ${quoted(f.name)}`, nodes, inputs, initializers: [], outputs },
    undefined,
    report,
  );
}

/**
 * Engines replace each call of a function by its nodes. Functions must not call themselves, and
 * what they unfold to counts as elements of the file: a few functions that call each other twice
 * would be millions of nodes.
 */
export function checkFunctionCalls(model: OnnxModel, limits: Pick<Limits, 'maxElements'>, report: CheckReport): void {
  if (model.functions.length === 0) return;
  const functions = new Map(model.functions.map((f) => [functionKey(f), f]));
  if (functions.size < model.functions.length) {
    report.add('ML_FORMAT_MALFORMED', 'two functions of the file have the same domain and name');
  }
  const bodies = new Map([...functions].map(([key, f]) => [key, callsOf(f.nodes, functions)]));
  const sizes = new Map<string, number>();
  // Beyond the limit the exact number is of no interest, and it may be astronomic.
  const sizeOf = ({ nodes, calls }: Body): number => {
    let size = nodes;
    for (const called of calls) size = Math.min(size + (sizes.get(called) ?? 0), limits.maxElements + 1);
    return size;
  };
  for (const [key, body] of calleesFirst(bodies)) sizes.set(key, sizeOf(body));
  const recursive = [...functions].find(([key]) => !sizes.has(key));
  if (recursive !== undefined) {
    const [, f] = recursive;
    report.add('ML_FORMAT_MALFORMED', `function ${quoted(f.name)} calls itself, directly or through others`, f);
  } else if (sizeOf(callsOf(model.graph?.nodes ?? [], functions)) > limits.maxElements) {
    report.add(
      'ML_FORMAT_LIMIT',
      `the functions of the file unfold to more than ${limits.maxElements} nodes (limits.maxElements)`,
    );
  }
}

/** Nodes of a function or graph, and the functions that they call: once per call. */
interface Body {
  readonly nodes: number;
  readonly calls: readonly string[];
}

function callsOf(nodes: readonly OnnxNode[], functions: ReadonlyMap<string, OnnxFunction>): Body {
  const calls: string[] = [];
  let count = 0;
  const open = [nodes];
  for (let list = open.pop(); list !== undefined; list = open.pop()) {
    for (const node of list) {
      count++;
      const key = functionKey({ domain: node.domain, name: node.opType, overload: node.overload });
      if (functions.has(key)) calls.push(key);
      for (const graph of subgraphsOf(node)) open.push(graph.nodes);
    }
  }
  return { nodes: count, calls };
}

/** Functions after all those that they call; those in or behind a cycle are left out. */
function calleesFirst(bodies: ReadonlyMap<string, Body>): readonly (readonly [key: string, body: Body])[] {
  const waits = new Map<string, number>();
  const callers = new Map<string, string[]>([...bodies.keys()].map((key) => [key, []]));
  for (const [key, { calls }] of bodies) {
    const called = new Set(calls);
    waits.set(key, called.size);
    for (const name of called) callers.get(name)?.push(key);
  }
  const ordered = [...bodies].filter(([key]) => waits.get(key) === 0);
  for (let at = 0; at < ordered.length; at++) {
    for (const caller of callers.get(ordered[at]?.[0] ?? '') ?? []) {
      const left = (waits.get(caller) ?? 0) - 1;
      waits.set(caller, left);
      const body = bodies.get(caller);
      if (left === 0 && body !== undefined) ordered.push([caller, body]);
    }
  }
  return ordered;
}
