import { makeAttribute, makeNode, makeTensor } from '../../formats/onnx-proto/build.ts';
import { DATA_TYPE } from '../../formats/onnx-proto/element-type.ts';
import {
  edited,
  type OnnxGraphProto,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
  type OnnxValueInfo,
} from '../../formats/onnx-proto/onnx-model.ts';
import { decodeTensor } from '../../formats/onnx-proto/tensor-data.ts';
import { freeName, namesUsed } from '../graph-links.ts';
import { renameValues } from './rename-values.ts';

/** Names of edges and the type that they have in the file. */
export type HalfEdges = ReadonlyMap<string, 'float16' | 'bfloat16'>;

/**
 * Makes half-precision inputs and outputs float32, with Casts behind and before them: JavaScript
 * has no array for them (Float16Array only from Node 24 on). The names stay, nothing is rounded
 * that was not rounded before, and the inside of the graph is as it was.
 *
 * `model` is the very object that was given when nothing changed.
 */
export function castHalfEdges(model: OnnxModel): {
  readonly model: OnnxModel;
  readonly inputs: HalfEdges;
  readonly outputs: HalfEdges;
} {
  const { graph } = model;
  const inputs = halfEdges(graph?.inputs);
  const weights = new Set(graph?.initializers.map((tensor) => tensor.name));
  const outputs = new Map([...halfEdges(graph?.outputs)].filter(([name]) => inputs.has(name) || !weights.has(name)));
  if (graph === undefined || (inputs.size === 0 && outputs.size === 0)) return { model, inputs, outputs };

  const used = namesUsed(graph);
  const renamed = new Map<string, string>();
  const before: OnnxNode[] = [];
  const after: OnnxNode[] = [];
  for (const [name, dtype] of inputs) {
    const inner = freeName(used, `${name}_${dtype}`);
    renamed.set(name, inner);
    before.push(cast(name, inner, dtype === 'float16' ? DATA_TYPE.FLOAT16 : DATA_TYPE.BFLOAT16));
  }
  for (const name of outputs.keys()) {
    // An input that is an output too passes as it comes.
    if (renamed.has(name)) continue;
    const inner = freeName(used, `${name}_half`);
    renamed.set(name, inner);
    after.push(cast(inner, name, DATA_TYPE.FLOAT));
  }
  const inside = renameValues(graph, renamed);
  const changed = edited(graph, {
    nodes: [...before, ...inside.nodes, ...after],
    inputs: graph.inputs.map((info) => (inputs.has(info.name) ? asFloat(info) : info)),
    outputs: graph.outputs.map((info) => (outputs.has(info.name) ? asFloat(info) : info)),
    valueInfos: graph.valueInfos.filter((info) => !renamed.has(info.name)),
    initializers: graph.initializers.map((tensor) => (inputs.has(tensor.name ?? '') ? widened(tensor) : tensor)),
  });
  return { model: edited(model, { graph: changed }), inputs, outputs };
}

function halfEdges(infos: OnnxGraphProto['inputs'] = []): Map<string, 'float16' | 'bfloat16'> {
  const edges = new Map<string, 'float16' | 'bfloat16'>();
  for (const { name, type } of infos) {
    const value = type?.value;
    if (value?.kind !== 'tensor') continue;
    if (value.elemType === DATA_TYPE.FLOAT16) edges.set(name, 'float16');
    if (value.elemType === DATA_TYPE.BFLOAT16) edges.set(name, 'bfloat16');
  }
  return edges;
}

function cast(from: string, to: string, dataType: number): OnnxNode {
  return makeNode('Cast', { inputs: [from], outputs: [to] }, [makeAttribute('to', { int: dataType })]);
}

function asFloat(info: OnnxValueInfo): OnnxValueInfo {
  const { type } = info;
  if (type?.value?.kind !== 'tensor') return info;
  const value = { ...type.value, source: undefined, elemType: DATA_TYPE.FLOAT };
  return edited(info, { type: edited<OnnxType>(type, { value }) });
}

/** The default of a half-precision input. */
function widened(tensor: OnnxTensor): OnnxTensor {
  const values = Float32Array.from(decodeTensor(tensor).data, Number);
  return makeTensor(tensor.name, DATA_TYPE.FLOAT, tensor.dims, new Uint8Array(values.buffer));
}
