import type { OnnxAttribute, OnnxNode } from '../formats/onnx-proto/onnx-model.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** An attribute of a node by name; its first, where a broken file has several. */
export function attribute(node: OnnxNode, name: string): OnnxAttribute | undefined {
  return node.attributes.find((candidate) => candidate.name === name);
}

/** The text of a STRING attribute. */
export function textAttribute(node: OnnxNode, name: string): string | undefined {
  const bytes = attribute(node, name)?.s;
  return bytes === undefined ? undefined : decoder.decode(bytes);
}

/** The texts of a STRINGS attribute; empty where it is absent. */
export function textsAttribute(node: OnnxNode, name: string): readonly string[] {
  return (
    attribute(node, name)
      ?.strings.values()
      .map((bytes) => decoder.decode(bytes)) ?? []
  );
}

/** Whether a node is an operator of ONNX's own domain, under either of its names. */
export function isOnnxOperator(node: OnnxNode, opType: string): boolean {
  return node.opType === opType && (node.domain === '' || node.domain === 'ai.onnx');
}

/** Whether a node is an operator of the classical models. */
export function isMLOperator(node: OnnxNode, opType: string): boolean {
  return node.opType === opType && node.domain === 'ai.onnx.ml';
}
