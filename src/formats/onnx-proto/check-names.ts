import type { CheckReport } from './check-report.ts';
import type { OnnxGraphProto, OnnxMessage, OnnxNode } from './onnx-model.ts';
import { quoted } from './quoted.ts';

/** The names that a graph's nodes may read: its own, then those of the graphs around it. */
export class Scope {
  readonly #names: ReadonlySet<string>;
  readonly #outer: Scope | undefined;

  constructor(names: ReadonlySet<string>, outer: Scope | undefined) {
    this.#names = names;
    this.#outer = outer;
  }

  has(name: string): boolean {
    if (this.#names.has(name)) return true;
    let scope = this.#outer;
    while (scope !== undefined && !scope.#names.has(name)) scope = scope.#outer;
    return scope !== undefined;
  }
}

/** What the names of a graph or function stand for. */
interface NamedParts {
  readonly where: OnnxMessage;
  /** For messages, e.g. `graph "main"`. */
  readonly title: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly string[];
  readonly initializers: readonly string[];
  readonly outputs: readonly string[];
}

/** Checks the names of a graph; gives the scope of its nodes. */
export function checkGraphNames(graph: OnnxGraphProto, outer: Scope | undefined, report: CheckReport): Scope {
  return checkNames(
    {
      where: graph,
      title: `graph ${quoted(graph.name)}`,
      nodes: graph.nodes,
      inputs: graph.inputs.map((input) => input.name),
      initializers: [
        ...graph.initializers.map((tensor) => tensor.name ?? ''),
        ...graph.sparseInitializers.map((sparse) => sparse.values?.name ?? ''),
      ],
      outputs: graph.outputs.map((output) => output.name),
    },
    outer,
    report,
  );
}

/**
 * Every name is written once, every name that is read is written by someone, and no node waits
 * for itself. The order of the nodes is free, as engines sort them.
 */
export function checkNames(parts: NamedParts, outer: Scope | undefined, report: CheckReport): Scope {
  const { where, title, nodes, inputs, initializers, outputs } = parts;
  const malformed = (message: string, at: OnnxMessage): void => report.add('ML_FORMAT_MALFORMED', message, at);
  unique(inputs, (name) => malformed(`${title} has two inputs named ${quoted(name)}`, where));
  unique(initializers, (name) => malformed(`${title} has two initializers named ${quoted(name)}`, where));
  unique(outputs, (name) => malformed(`${title} has two outputs named ${quoted(name)}`, where));
  const names = new Set([...inputs, ...initializers]);
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output !== '' && names.has(output)) {
        malformed(`${title} defines ${quoted(output)} twice, the second time by ${nodeText(node)}`, node);
      }
      names.add(output);
    }
  }
  names.delete('');
  const scope = new Scope(names, outer);
  for (const node of nodes) {
    const missing = node.inputs.find((input) => input !== '' && !scope.has(input));
    if (missing !== undefined) {
      malformed(`${nodeText(node)} reads ${quoted(missing)}, which nothing in ${title} writes`, node);
    }
  }
  const unwritten = outputs.find((output) => !scope.has(output));
  if (unwritten !== undefined) {
    malformed(`${title} has the output ${quoted(unwritten)}, which nothing writes`, where);
  }
  const waiting = findCycle(nodes);
  if (waiting !== undefined) malformed(`${nodeText(waiting)} depends on its own result`, waiting);
  return scope;
}

export function nodeText(node: OnnxNode): string {
  return `node ${quoted(node.name)} of type ${quoted(node.opType)}`;
}

function unique(names: readonly string[], report: (name: string) => void): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name !== '' && seen.has(name)) report(name);
    seen.add(name);
  }
}

/** A node that is part of a cycle or behind one; by counting what each still waits for. */
function findCycle(nodes: readonly OnnxNode[]): OnnxNode | undefined {
  const written = new Set<string>();
  const writer = new Map<string, number>();
  nodes.forEach((node, i) => node.outputs.forEach((output) => output !== '' && writer.set(output, i)));
  // Almost every file is sorted, and then there is no cycle.
  const sorted = nodes.every((node) => {
    const ready = node.inputs.every((input) => written.has(input) || !writer.has(input));
    for (const output of node.outputs) written.add(output);
    return ready;
  });
  if (sorted) return undefined;
  const waits = nodes.map(() => 0);
  const readers = nodes.map((): number[] => []);
  nodes.forEach((node, i) => {
    for (const input of node.inputs) {
      const from = writer.get(input);
      if (from === undefined) continue;
      waits[i] = (waits[i] ?? 0) + 1;
      readers[from]?.push(i);
    }
  });
  const ready = nodes.map((_, i) => i).filter((i) => waits[i] === 0);
  for (let at = 0; at < ready.length; at++) {
    for (const reader of readers[ready[at] ?? -1] ?? []) {
      const left = (waits[reader] ?? 0) - 1;
      waits[reader] = left;
      if (left === 0) ready.push(reader);
    }
  }
  return nodes.find((_, i) => (waits[i] ?? 0) > 0);
}
