import { type BuiltGraph, type Extent, GraphBuilder, type Value } from '../../onnx/builder/graph-builder.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { AtenGraph, AtenType } from './aten-graph.ts';
import { GraphTranslator, type UnsupportedNode } from './graph-translator.ts';
import { argumentsOf, liveNodes, namesOf } from './live-nodes.ts';
import { type Operand, tensor } from './operand.ts';
import { unsupportedMessage } from './unsupported-message.ts';

/** An output of a graph that was written. */
export interface WrittenOutput extends AtenType {
  /** As the program names it. */
  readonly name: string;
  /** As the graph names it: the same, unless another value of the graph has that name. */
  readonly written: string;
}

/** A program as an ONNX graph. */
export interface WrittenGraph {
  readonly built: BuiltGraph;
  readonly outputs: readonly WrittenOutput[];
}

/**
 * Writes a program as an ONNX graph. Outputs that are None are left out.
 *
 * @param what the file, for messages
 * @throws `ML_FORMAT_UNSUPPORTED` naming every call that has no translation
 */
export function translateGraph(graph: AtenGraph, what: string): WrittenGraph {
  const g = new GraphBuilder();
  const translator = runNodes(g, graph);
  if (translator.unsupported.length > 0) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', unsupportedMessage(what, translator.unsupported), {
      details: { unsupported: translator.unsupported },
    });
  }
  const outputs: WrittenOutput[] = [];
  for (const { name, value } of graph.outputs) {
    const operand = translator.operand(value);
    if (operand === undefined || operand.kind === 'none') continue;
    const found = asTensor(g, operand, `${what}: output ${JSON.stringify(name)}`);
    const shape = found.shape?.map((extent) => (isName(extent) ? extent : null));
    outputs.push({ name, written: g.output({ ...found, shape }, name), dtype: found.dtype, shape: found.shape });
  }
  if (outputs.length === 0) throw new FormatError('ML_FORMAT_UNSUPPORTED', `${what} gives nothing back`);
  return { built: g.finish('torch'), outputs };
}

/** Every call of a program that has no translation. */
export function unsupportedCalls(graph: AtenGraph): readonly UnsupportedNode[] {
  return runNodes(new GraphBuilder(), graph).unsupported;
}

function runNodes(g: GraphBuilder, graph: AtenGraph): GraphTranslator {
  const translator = new GraphTranslator(g);
  for (const { name, dtype, shape, number } of graph.inputs) {
    if (dtype === undefined) {
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `the file does not say the element type of input ${JSON.stringify(name)}, or JavaScript has no tensor for it`,
      );
    }
    const value = g.input(name, { dtype, shape });
    translator.define(name, number === undefined ? tensor(value) : { kind: 'number', value, symbol: number });
  }
  const nodes = liveNodes(graph);
  const used = new Set(nodes.flatMap(argumentsOf).flatMap(namesOf));
  for (const { value } of graph.outputs) for (const name of namesOf(value)) used.add(name);
  for (const [name, weight] of graph.tensors) {
    if (used.has(name)) translator.define(name, tensor(g.constant(weight, name)));
  }
  for (const node of nodes) translator.run(node);
  return translator;
}

/** Numbers and plain names: what the engine and people read as an extent. */
function isName(extent: Extent): boolean {
  return typeof extent === 'number' || (typeof extent === 'string' && /^\w+$/.test(extent));
}

/** A number that is given back is a tensor without dimensions. */
function asTensor(g: GraphBuilder, operand: Operand, what: string): Value {
  switch (operand.kind) {
    case 'tensor':
    case 'number':
      return operand.value;
    case 'int':
      return g.scalar(operand.value, 'int64');
    case 'float':
      return g.scalar(operand.value, 'float64');
    case 'bool':
      return g.scalar(operand.value, 'bool');
    default:
      throw new FormatError('ML_FORMAT_UNSUPPORTED', `${what} is ${operand.kind}, which is no tensor; return tensors`);
  }
}
