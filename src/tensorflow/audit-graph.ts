import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import type { Finding } from '../spec/scan.ts';
import { Attributes } from './attributes.ts';
import { isDangerous } from './dangerous-operators.ts';
import type { PlacedNode } from './walk-graph.ts';

/**
 * What is dangerous among the nodes: operators that touch files, the network or Python.
 *
 * @param allowed operators that are in their place here
 */
export function dangers(
  nodes: readonly PlacedNode[],
  context: ProtoContext,
  allowed: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  const first = new Map<string, PlacedNode>();
  for (const placed of nodes) {
    const { node } = placed;
    const reaches = isDangerous(node.op) ? !allowed.has(node.op) : printsToFile(placed, context);
    if (reaches && !first.has(node.op)) first.set(node.op, placed);
  }
  return Array.from(first, ([op, { node, functionName }]): Finding => {
    const where = functionName === '' ? '' : ` of function ${JSON.stringify(functionName)}`;
    return {
      severity: 'unsafe',
      code: 'ML_FORMAT_UNSAFE',
      message: `the graph uses ${op} (node ${JSON.stringify(node.name)}${where}), which reaches beyond the model: files, network or Python. Nothing of it was run; do not load this file with TensorFlow either unless you trust who made it`,
      name: op,
    };
  });
}

/** A message on the console is harmless and left out; one that is appended to a file is not. */
function printsToFile({ node }: PlacedNode, context: ProtoContext): boolean {
  if (node.op !== 'PrintV2') return false;
  return new Attributes(node, context).text('output_stream', 'stderr').startsWith('file:');
}
