import { FormatError } from '../../errors/format-error.ts';
import { DATA_TYPE } from '../../formats/onnx-proto/element-type.ts';
import type { OnnxModel, OnnxNode } from '../../formats/onnx-proto/onnx-model.ts';
import { decodeTensor } from '../../formats/onnx-proto/tensor-data.ts';
import type { TensorLike } from '../../spec/tensor.ts';
import { int } from '../builder/attributes.ts';
import { attribute, isOnnxOperator } from '../node-attributes.ts';
import { GraphEdit, type SmallerModel, type SmallerWeight } from './graph-edit.ts';
import { type Int8Weight, quantizeColumns, quantizeEntries, transposed, WEIGHT_ZERO } from './int8-weight.ts';

/** Weights with fewer elements stay: what computing in integers costs around them is more than it saves. */
const MIN_ELEMENTS = 1_024;
/** The first opset with DynamicQuantizeLinear. */
const MIN_OPSET = 11;

/** Names of a weight's parts, and the extent of its first axis. */
interface StoredWeight {
  readonly values: string;
  readonly scales: string;
  readonly size: number;
}

/** A graph on its way. */
interface Quantization {
  readonly edit: GraphEdit;
  readonly external: ReadonlyMap<string, Uint8Array>;
  /** 8-bit forms of inputs: `[values, scale, zero]` by name. */
  readonly inputs: Map<string, readonly [string, string, string]>;
  /** Weights in 8 bits by how they are read, so that one that is read twice is stored once. */
  readonly weights: Map<string, StoredWeight | undefined>;
  /** `uint8` 128, once. */
  zero: string | undefined;
  /** What `notFinite` gave, by input. */
  readonly rows: Map<string, string>;
  /** Columns of ones by their length. */
  readonly ones: Map<number, string>;
}

/**
 * Weights in 8 bits, inputs of their operators quantised by their own range when the graph runs: MatMul and Gemm with a
 * constant right side compute in integers (DynamicQuantizeLinear, MatMulInteger), tables that Gather looks up are
 * stored in 8 bits. Nodes within subgraphs and functions stay.
 *
 * Like `onnxruntime.quantization.quantize_dynamic` with `per_channel`, but for two things: weights are unsigned
 * (see `WEIGHT_ZERO`), and a row that is not finite gives NaN: an integer would hide it.
 *
 * @param external content of the files that hold weights, by location
 * @throws `ML_FORMAT_UNSUPPORTED` for opsets before 11
 */
export function quantizeDynamic(model: OnnxModel, external: ReadonlyMap<string, Uint8Array>): SmallerModel {
  const { graph } = model;
  if (graph === undefined) return { model, smaller: [], kept: [] };
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  if (opset < MIN_OPSET) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `the graph uses opset ${opset}, dynamic quantisation needs ${MIN_OPSET} or later; export the model again`,
      { details: { opset } },
    );
  }
  const edit = new GraphEdit(model, graph);
  const work: Quantization = {
    edit,
    external,
    inputs: new Map(),
    weights: new Map(),
    zero: undefined,
    rows: new Map(),
    ones: new Map(),
  };
  for (const node of graph.nodes) if (!rewrite(node, work)) edit.keep(node);
  return edit.finish();
}

/** Writes a node's 8-bit form; `false` where it stays. */
function rewrite(node: OnnxNode, work: Quantization): boolean {
  if (isOnnxOperator(node, 'MatMul')) return matMul(node, work);
  if (isOnnxOperator(node, 'Gemm')) return gemm(node, work);
  return isOnnxOperator(node, 'Gather') && gather(node, work);
}

function matMul(node: OnnxNode, work: Quantization): boolean {
  const [input = '', weight = ''] = node.inputs;
  const tensor = weightOf(node, weight, work, 2);
  if (tensor === undefined) return false;
  const about = { operator: node.opType, weight, shape: tensor.shape };
  const stored = store(`columns ${weight}`, weight, work, () => quantizeColumns(tensor));
  if (stored === undefined) return stays(about, 'it has elements that are not finite', work);
  product(input, stored, { output: node.outputs[0] as string, bias: undefined }, work);
  return becomes(about, work);
}

function gemm(node: OnnxNode, work: Quantization): boolean {
  const [input = '', weight = '', bias = ''] = node.inputs;
  const tensor = weightOf(node, weight, work, 2);
  if (tensor === undefined) return false;
  const about = { operator: node.opType, weight, shape: tensor.shape };
  const flag = (name: string): boolean => (attribute(node, name)?.i ?? 0n) !== 0n;
  const factor = (name: string): number => attribute(node, name)?.f ?? 1;
  if (flag('transA')) return stays(about, 'the other side is transposed (transA)', work);
  if (bias !== '' && factor('beta') !== 1) return stays(about, 'beta is not 1', work);
  const [alpha, turned] = [factor('alpha'), flag('transB')];
  const stored = store(`gemm ${alpha} ${turned} ${weight}`, weight, work, () =>
    quantizeColumns(turned ? transposed(tensor) : tensor, alpha),
  );
  if (stored === undefined) return stays(about, 'it has elements that are not finite', work);
  product(input, stored, { output: node.outputs[0] as string, bias: bias === '' ? undefined : bias }, work);
  return becomes(about, work);
}

/** A table of entries: looked up in 8 bits, then made numbers again. */
function gather(node: OnnxNode, work: Quantization): boolean {
  const [table = '', indices = ''] = node.inputs;
  const tensor = weightOf(node, table, work, undefined);
  if (tensor === undefined) return false;
  const { shape } = tensor;
  const about = { operator: node.opType, weight: table, shape };
  const axis = Number(attribute(node, 'axis')?.i ?? 0n);
  if (axis !== 0 || shape.length < 2) return stays(about, 'it is not looked up by its first axis', work);
  const stored = store(`entries ${table}`, table, work, () => {
    const weight = quantizeEntries(tensor);
    const ones = shape.slice(1).map(() => 1);
    return weight && { ...weight, scales: { ...weight.scales, shape: [shape[0] as number, ...ones] } };
  });
  if (stored === undefined) return stays(about, 'it has elements that are not finite', work);
  const { edit } = work;
  const found = edit.node('Gather', [stored.values, indices], { axis: int(0) });
  const scale = edit.node('Gather', [stored.scales, indices], { axis: int(0) });
  const numbers = edit.node('Cast', [found], { to: int(DATA_TYPE.FLOAT) });
  const zero = edit.node('Cast', [zeroOf(work)], { to: int(DATA_TYPE.FLOAT) });
  edit.node('Mul', [edit.node('Sub', [numbers, zero]), scale], {}, node.outputs[0]);
  return becomes(about, work);
}

/** `input @ weight + bias` in integers. */
function product(
  input: string,
  weight: StoredWeight,
  { output, bias }: { readonly output: string; readonly bias: string | undefined },
  work: Quantization,
): void {
  const { edit } = work;
  const [values, scale, zero] = quantizedInput(input, work);
  const sums = edit.node('MatMulInteger', [values, weight.values, zero, zeroOf(work)]);
  const numbers = edit.node('Cast', [sums], { to: int(DATA_TYPE.FLOAT) });
  const result = edit.node('Mul', [numbers, edit.node('Mul', [scale, weight.scales])]);
  const whole = bias === undefined ? result : edit.node('Add', [result, bias]);
  edit.node('Add', [whole, notFinite(input, weight.size, work)], {}, output);
}

function quantizedInput(input: string, { edit, inputs }: Quantization): readonly [string, string, string] {
  let quantized = inputs.get(input);
  if (quantized === undefined) {
    quantized = [edit.name(`${input}_8bit`), edit.name(`${input}_scale`), edit.name(`${input}_zero`)];
    edit.nodeOf('DynamicQuantizeLinear', { inputs: [input], outputs: quantized });
    inputs.set(input, quantized);
  }
  return quantized;
}

/** `[..., rows, 1]`: zero for a row of finite numbers, NaN for any other. */
function notFinite(input: string, size: number, { edit, rows, ones }: Quantization): string {
  let name = rows.get(input);
  if (name !== undefined) return name;
  let column = ones.get(size);
  if (column === undefined) {
    column = edit.weight(`ones_${size}`, { data: new Float32Array(size).fill(1), shape: [size, 1], dtype: 'float32' });
    ones.set(size, column);
  }
  // Not ReduceSum, which gives no rows a wrong shape.
  name = edit.node('MatMul', [edit.node('Sub', [input, input]), column]);
  rows.set(input, name);
  return name;
}

function zeroOf(work: Quantization): string {
  return (work.zero ??= work.edit.weight('weight_zero', {
    data: Uint8Array.of(WEIGHT_ZERO),
    shape: [],
    dtype: 'uint8',
  }));
}

/** The constant that a node reads, if it is one to be made smaller. */
function weightOf(
  node: OnnxNode,
  name: string,
  { edit, external }: Quantization,
  rank: number | undefined,
): TensorLike | undefined {
  const tensor = edit.constant(name);
  if (tensor === undefined || tensor.dataType !== DATA_TYPE.FLOAT) return undefined;
  const shape = tensor.dims.map(Number);
  const keep = (reason: string): undefined => {
    edit.kept.push({ operator: node.opType, weight: name, shape, reason });
  };
  if (shape.reduce((size, extent) => size * extent, 1) < MIN_ELEMENTS)
    return keep(`it has fewer than ${MIN_ELEMENTS} elements`);
  if (rank !== undefined && shape.length !== rank) return keep(`it has ${shape.length} axes`);
  return decodeTensor(tensor, external);
}

function store(
  key: string,
  name: string,
  { edit, weights }: Quantization,
  quantize: () => Int8Weight | undefined,
): StoredWeight | undefined {
  if (!weights.has(key)) {
    const weight = quantize();
    weights.set(
      key,
      weight && {
        values: edit.weight(`${name}_8bit`, weight.values),
        scales: edit.weight(`${name}_scales`, weight.scales),
        size: weight.values.shape[0] as number,
      },
    );
  }
  return weights.get(key);
}

function becomes(about: SmallerWeight, { edit }: Quantization): true {
  edit.smaller.push(about);
  return true;
}

function stays(about: SmallerWeight, reason: string, { edit }: Quantization): false {
  edit.kept.push({ ...about, reason });
  return false;
}
