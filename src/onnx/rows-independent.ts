import type { OnnxModel } from '../formats/onnx-proto/onnx-model.ts';
import { GraphLinks } from './graph-links.ts';
import { graphInputs } from './graph-values.ts';
import { ROW_ML_OPERATORS, ROW_OPERATORS, type RowRule } from './row-operators.ts';
import type { RowValue } from './row-value.ts';

/**
 * Whether every output has one entry per row, computed from that row alone: rows of several callers may then be put into
 * one run. The first dimension is followed through the nodes; an operator or a use of one that is not understood counts
 * as an influence, as do branches, loops, recurrent layers and quantisation by the range of a batch.
 */
export function rowsIndependent(model: OnnxModel): boolean {
  const { graph } = model;
  if (graph === undefined || graph.nodes.length === 0) return false;
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  const links = new GraphLinks(graph);
  const values = new Map<string, RowValue>();
  for (const { name, dims = [] } of graph.initializers)
    values.set(name ?? '', { kind: 'constant', shape: dims.map(Number) });
  for (const { name, shape, fallback } of graphInputs(model)) {
    if (fallback !== undefined) values.set(name, { kind: 'constant', shape: fallback.shape });
    else if (shape === undefined || shape.length === 0 || typeof shape[0] === 'number') return false;
    else {
      const rest = shape.slice(1).map((extent) => (typeof extent === 'number' ? extent : null));
      values.set(name, { kind: 'rows', shape: [null, ...rest] });
    }
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    if (node.inputs.some((name, i) => name !== '' && inputs[i] === undefined)) return false;
    const given = ruleFor(node.domain, node.opType)?.({ node, inputs, links, opset });
    if (given === undefined) return false;
    for (const [i, name] of node.outputs.entries()) {
      const value = Array.isArray(given) ? (given as readonly RowValue[])[i] : (given as RowValue);
      if (value === undefined) return false;
      values.set(name, value);
    }
  }
  return graph.outputs.every(({ name }) => values.get(name)?.kind === 'rows');
}

function ruleFor(domain: string, opType: string): RowRule | undefined {
  if (domain === '' || domain === 'ai.onnx') return ROW_OPERATORS.get(opType);
  return domain === 'ai.onnx.ml' ? ROW_ML_OPERATORS.get(opType) : undefined;
}
