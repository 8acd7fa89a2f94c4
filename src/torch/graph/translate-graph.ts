import { type BuiltGraph, GraphBuilder, type Value } from '../../onnx/builder/graph-builder.ts';
import { FormatError } from '../../errors/format-error.ts';
import type { AtenGraph } from './aten-graph.ts';
import { GraphTranslator } from './graph-translator.ts';
import { argumentsOf, liveNodes, namesOf } from './live-nodes.ts';
import { type Operand, tensor } from './operand.ts';
import { unsupportedMessage } from './unsupported-message.ts';

/**
 * Writes a program as an ONNX graph.
 *
 * @param what the file, for messages
 * @throws `ML_FORMAT_UNSUPPORTED` naming every call that has no translation
 */
export function translateGraph(graph: AtenGraph, what: string): BuiltGraph {
  const g = new GraphBuilder();
  const translator = new GraphTranslator(g);
  for (const { name, dtype, shape, number } of graph.inputs) {
    if (dtype === undefined) {
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `${what}: the file does not say the element type of input ${JSON.stringify(name)}`,
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
  if (translator.unsupported.length > 0) {
    throw new FormatError('ML_FORMAT_UNSUPPORTED', unsupportedMessage(what, translator.unsupported), {
      details: { unsupported: translator.unsupported },
    });
  }
  for (const { name, value } of graph.outputs) {
    const operand = translator.operand(value);
    if (operand === undefined || operand.kind === 'none') continue;
    g.output(asTensor(g, operand, `${what}: output ${JSON.stringify(name)}`), name);
  }
  return g.finish(what);
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
