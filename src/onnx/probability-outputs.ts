import { integersOf } from './constant-values.ts';
import type { GraphLinks } from './graph-links.ts';
import type { GraphEdge } from './graph-values.ts';
import { attribute, isMLOperator, isOnnxOperator, textAttribute } from './node-attributes.ts';
import { origin, scoresBehind } from './value-origin.ts';

/**
 * Outputs that are the columns of one matrix of probabilities, as skl2onnx writes them with
 * `zipmap='columns'`: a Slice for each class, in the order of the classes. `undefined` where the
 * outputs are something else.
 */
export function probabilityColumns(outputs: readonly GraphEdge[], links: GraphLinks): readonly string[] | undefined {
  const sources = new Set<string>();
  const columns: { readonly name: string; readonly start: bigint }[] = [];
  for (const { name, shape } of outputs) {
    const node = origin(name, links);
    if (node === undefined || !isOnnxOperator(node, 'Slice') || (shape !== undefined && shape.length !== 1)) continue;
    const [start] = integersOf(node.inputs[1] ?? '', links) ?? [];
    if (start === undefined) return undefined;
    sources.add(node.inputs[0] ?? '');
    columns.push({ name, start });
  }
  if (columns.length < 2 || sources.size > 1) return undefined;
  return columns.sort((a, b) => Number(a.start - b.start)).map(({ name }) => name);
}

/**
 * Whether the scores of a classifier leave the graph as they are: decision values of a linear
 * model or a support vector machine without probabilities. A tree ensemble adds up
 * probabilities, it needs no last step.
 */
export function givesDecisionValues(name: string, links: GraphLinks): boolean {
  const scores = scoresBehind(name, links);
  const node = links.producer(scores.name);
  if (node === undefined || scores.normalised) return false;
  const plain = (textAttribute(node, 'post_transform') ?? 'NONE') === 'NONE';
  if (isMLOperator(node, 'LinearClassifier')) return plain;
  return isMLOperator(node, 'SVMClassifier') && plain && (attribute(node, 'prob_a')?.floats.length ?? 0) === 0;
}
