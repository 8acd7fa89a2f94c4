import { FormatError } from '../errors/format-error.ts';
import type { FunctionDef, GraphDef, NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import { outputPosition } from './output-args.ts';

/** What an edge refers to: result `index` of a node, or argument `index` of the function. */
export interface EdgeRef {
  readonly node: NodeDef | undefined;
  readonly index: number;
}

/** The nodes of a graph or of a function, and how their edges are read. */
export class GraphBody {
  /** For messages; empty for the graph itself. */
  readonly name: string;
  readonly nodes: ReadonlyMap<string, NodeDef>;
  readonly #arguments: ReadonlyMap<string, number>;
  readonly #functions: ReadonlyMap<string, FunctionDef>;
  readonly #inFunction: boolean;

  private constructor(parts: {
    readonly name: string;
    readonly nodes: readonly NodeDef[];
    readonly inputs: readonly string[] | undefined;
    readonly functions: ReadonlyMap<string, FunctionDef>;
  }) {
    this.name = parts.name;
    const nodes = new Map<string, NodeDef>();
    for (const node of parts.nodes) {
      if (nodes.has(node.name)) {
        throw new FormatError('ML_FORMAT_MALFORMED', `two nodes are named ${JSON.stringify(node.name)}`);
      }
      nodes.set(node.name, node);
    }
    this.nodes = nodes;
    this.#arguments = new Map((parts.inputs ?? []).map((name, i) => [name, i]));
    this.#functions = parts.functions;
    this.#inFunction = parts.inputs !== undefined;
  }

  static ofGraph(graph: GraphDef): GraphBody {
    return new GraphBody({ name: '', nodes: graph.nodes, inputs: undefined, functions: graph.functions });
  }

  static ofFunction(definition: FunctionDef, functions: GraphDef['functions']): GraphBody {
    const { name, nodes, inputs } = definition;
    return new GraphBody({ name, nodes, inputs: inputs.map((input) => input.name), functions });
  }

  /**
   * What a data edge refers to.
   *
   * @throws `ML_FORMAT_MALFORMED` where there is no such node or argument
   */
  resolve(ref: string): EdgeRef {
    const [name = '', second, third] = ref.split(':');
    const argument = this.#arguments.get(name);
    if (this.#inFunction && argument !== undefined) return { node: undefined, index: argument };
    const node = this.nodes.get(name);
    if (node === undefined) {
      const where = this.name === '' ? 'the graph' : `function ${JSON.stringify(this.name)}`;
      throw new FormatError('ML_FORMAT_MALFORMED', `${where} refers to ${JSON.stringify(ref)}, which it does not have`);
    }
    if (!this.#inFunction) return { node, index: toIndex(second) };
    return { node, index: this.#position(node, second ?? '') + toIndex(third) };
  }

  #position(node: NodeDef, result: string): number {
    const called = this.#functions.get(node.op);
    if (called === undefined) return outputPosition(node.op, result);
    return Math.max(
      called.outputs.findIndex((output) => output.name === result),
      0,
    );
  }
}

function toIndex(text: string | undefined): number {
  const index = text === undefined ? 0 : Number(text);
  return Number.isSafeInteger(index) && index >= 0 ? index : 0;
}

/** Data edges of a node: what it reads. */
export function dataInputs(node: NodeDef): readonly string[] {
  return node.inputs.filter((input) => !input.startsWith('^'));
}

/** Control edges of a node: what must have run before it. */
export function controlInputs(node: NodeDef): readonly string[] {
  return node.inputs.filter((input) => input.startsWith('^')).map((input) => input.slice(1));
}
