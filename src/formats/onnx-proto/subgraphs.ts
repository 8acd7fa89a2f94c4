import type { OnnxGraphProto, OnnxNode } from './onnx-model.ts';

/** The graphs within a node: the branches of If, the bodies of Loop and Scan. */
export function subgraphsOf(node: OnnxNode): readonly OnnxGraphProto[] {
  return node.attributes.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
}
