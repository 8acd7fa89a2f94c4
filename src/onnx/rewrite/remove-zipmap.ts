import { makeNode, makeTensorType, makeValueInfo } from '../../formats/onnx-proto/build.ts';
import { DATA_TYPE } from '../../formats/onnx-proto/element-type.ts';
import { edited, type OnnxModel, type OnnxNode } from '../../formats/onnx-proto/onnx-model.ts';
import { GraphLinks } from '../graph-links.ts';
import { attribute, isMLOperator, textsAttribute } from '../node-attributes.ts';

/** An output that was a map per row and is now a matrix `[rows, classes]`. */
export interface ZipMapOutput {
  readonly output: string;
  /** The maps' keys in the order of the matrix's columns. */
  readonly classes: readonly (string | bigint)[];
}

/** The keys of a ZipMap node, in the order of its input's columns. */
export function zipMapClasses(node: OnnxNode): readonly (string | bigint)[] {
  const texts = textsAttribute(node, 'classlabels_strings');
  return texts.length > 0 ? texts : [...(attribute(node, 'classlabels_int64s')?.ints.values() ?? [])];
}

/**
 * Replaces every ZipMap that writes an output of the graph: what gave a sequence of maps gives
 * the matrix that they were made of, under the same name. JavaScript bindings of onnxruntime
 * cannot read maps. One whose maps are read by another node stays.
 *
 * `model` is the very object that was given when nothing changed.
 */
export function removeZipMap(model: OnnxModel): { readonly model: OnnxModel; readonly maps: readonly ZipMapOutput[] } {
  const { graph } = model;
  const outputs = new Set(graph?.outputs.map((output) => output.name));
  if (graph === undefined || !graph.nodes.some((node) => isMLOperator(node, 'ZipMap'))) return { model, maps: [] };
  const links = new GraphLinks(graph);
  const maps = new Map<string, ZipMapOutput>();
  const nodes = graph.nodes.map((node) => {
    const [input] = node.inputs;
    const [output] = node.outputs;
    if (!isMLOperator(node, 'ZipMap') || input === undefined || output === undefined) return node;
    if (!outputs.has(output) || links.consumers(output).length > 0) return node;
    maps.set(output, { output, classes: zipMapClasses(node) });
    return makeNode('Identity', { inputs: [input], outputs: [output] });
  });
  if (maps.size === 0) return { model, maps: [] };
  const infos = graph.outputs.map((output) => {
    const map = maps.get(output.name);
    if (map === undefined) return output;
    return makeValueInfo(output.name, makeTensorType(DATA_TYPE.FLOAT, [null, map.classes.length]));
  });
  const valueInfos = graph.valueInfos.filter((info) => !maps.has(info.name));
  return {
    model: edited(model, { graph: edited(graph, { nodes, outputs: infos, valueInfos }) }),
    maps: [...maps.values()],
  };
}
