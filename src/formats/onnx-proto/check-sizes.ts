import type { Limits } from '../../spec/limits.ts';
import { nodeText } from './check-names.ts';
import type { CheckReport } from './check-report.ts';
import { DATA_TYPE, elementType } from './element-type.ts';
import { isExternal } from './external-data.ts';
import type { OnnxGraphProto, OnnxNode, OnnxTensor } from './onnx-model.ts';
import { dimsText } from './quoted.ts';
import { decodeTensor } from './tensor-data.ts';

/** Operators whose output has the shape that an input holds, and the position of that input. */
const SHAPE_INPUT: ReadonlyMap<string, number> = new Map([
  ['ConstantOfShape', 0],
  ['Expand', 1],
]);
const RANDOM: ReadonlySet<string> = new Set(['RandomNormal', 'RandomUniform']);
const STANDARD: ReadonlySet<string> = new Set(['', 'ai.onnx']);
/** A shape has few dimensions; longer tensors are not looked at. */
const MAX_RANK = 64;
const FLOAT_BYTES = 4;

/**
 * Refuses nodes that would make a tensor beyond `maxModelBytes` out of a shape that is written in
 * the file: a few bytes that cost an engine all memory.
 */
export function checkFixedSizes(
  graph: OnnxGraphProto,
  { report, limits }: { readonly report: CheckReport; readonly limits: Pick<Limits, 'maxModelBytes'> },
): void {
  const makers = graph.nodes.filter(
    ({ domain, opType }) => STANDARD.has(domain) && (SHAPE_INPUT.has(opType) || RANDOM.has(opType)),
  );
  if (makers.length === 0) return;
  const constants = constantsOf(graph);
  for (const node of makers) {
    const shape = fixedShape(node, constants);
    if (shape === undefined || shape.some((extent) => extent < 0n)) continue;
    const bytes = shape.reduce((product, extent) => product * extent, BigInt(itemBytes(node)));
    if (bytes <= BigInt(limits.maxModelBytes)) continue;
    report.add(
      'ML_FORMAT_LIMIT',
      `${nodeText(node)} would make a tensor of shape ${dimsText(shape)}; limits.maxModelBytes is ${limits.maxModelBytes}`,
      node,
    );
  }
}

/** Tensors that are written in the graph, by the name of their value. */
function constantsOf(graph: OnnxGraphProto): ReadonlyMap<string, OnnxTensor> {
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name ?? '', tensor]));
  for (const { opType, domain, outputs, attributes } of graph.nodes) {
    if (opType !== 'Constant' || !STANDARD.has(domain)) continue;
    const tensor = attributes.find(({ name }) => name === 'value')?.t;
    if (tensor !== undefined && outputs[0] !== undefined) constants.set(outputs[0], tensor);
  }
  return constants;
}

function fixedShape(node: OnnxNode, constants: ReadonlyMap<string, OnnxTensor>): readonly bigint[] | undefined {
  if (RANDOM.has(node.opType)) {
    const attribute = node.attributes.find(({ name }) => name === 'shape');
    return attribute === undefined || attribute.ints.length > MAX_RANK ? undefined : [...attribute.ints.values()];
  }
  const tensor = constants.get(node.inputs[SHAPE_INPUT.get(node.opType) ?? 0] ?? '');
  return tensor === undefined ? undefined : smallIntegers(tensor);
}

/** Values of a short int64 tensor that is sound; others are for the tensor check to judge. */
function smallIntegers(tensor: OnnxTensor): readonly bigint[] | undefined {
  if (tensor.dataType !== DATA_TYPE.INT64 || isExternal(tensor)) return undefined;
  if (tensor.dims.length > 1 || (tensor.dims[0] ?? 1n) > BigInt(MAX_RANK)) return undefined;
  try {
    const { data } = decodeTensor(tensor);
    return data instanceof BigInt64Array ? [...data] : undefined;
  } catch {
    return undefined;
  }
}

function itemBytes(node: OnnxNode): number {
  const value = node.attributes.find(({ name }) => name === 'value')?.t;
  const bits = value === undefined ? undefined : elementType(value.dataType)?.bits;
  return bits === undefined ? FLOAT_BYTES : Math.max(1, bits / 8);
}
