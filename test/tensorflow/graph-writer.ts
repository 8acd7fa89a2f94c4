import { WireWriter } from '../../src/formats/onnx-proto/wire-writer.ts';

/** An attribute's value as TensorFlow encodes it. */
export type Attr =
  | { readonly type: number }
  | { readonly text: string }
  | { readonly function: string }
  | { readonly ints: readonly number[] }
  | { readonly shape: readonly number[] }
  | { readonly tensor: WireWriter };

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs?: readonly string[];
  readonly attrs?: Readonly<Record<string, Attr>>;
}

export interface Func {
  readonly name: string;
  readonly inputs?: readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly nodes?: readonly Node[];
  readonly controlRet?: readonly string[];
}

/** Element types by TensorFlow's number. */
export const FLOAT = 1;
export const INT32 = 3;

/** A GraphDef. */
export function graphDef(nodes: readonly Node[], functions: readonly Func[] = []): WireWriter {
  const graph = new WireWriter();
  for (const node of nodes) graph.message(1, nodeDef(node));
  const library = new WireWriter();
  for (const func of functions) library.message(1, functionDef(func));
  return graph.message(2, library);
}

/** A SavedModel of one graph; outputs of its only signature by name. */
export function savedModel(
  graph: WireWriter,
  signatures: Readonly<
    Record<string, { readonly inputs: Record<string, string>; readonly outputs: Record<string, string> }>
  > = {},
): WireWriter {
  const meta = new WireWriter().message(1, new WireWriter().text(4, 'serve')).message(2, graph);
  for (const [name, { inputs, outputs }] of Object.entries(signatures)) {
    const signature = new WireWriter();
    for (const [key, ref] of Object.entries(inputs)) signature.message(1, entry(key, tensorInfo(ref)));
    for (const [key, ref] of Object.entries(outputs)) signature.message(2, entry(key, tensorInfo(ref)));
    meta.message(5, entry(name, signature));
  }
  return new WireWriter().int(1, 1).message(2, meta);
}

/** A float tensor of the values given. */
export function floats(values: readonly number[], shape: readonly number[] = [values.length]): WireWriter {
  return new WireWriter().int(1, FLOAT).message(2, shapeProto(shape)).packedFloats(5, values);
}

export const placeholder = (name: string, shape: readonly number[] = [-1, 2]): Node => ({
  name,
  op: 'Placeholder',
  attrs: { dtype: { type: FLOAT }, shape: { shape } },
});

function nodeDef({ name, op, inputs = [], attrs = {} }: Node): WireWriter {
  const node = new WireWriter().text(1, name).text(2, op).texts(3, inputs);
  for (const [key, value] of Object.entries(attrs)) node.message(5, entry(key, attrValue(value)));
  return node;
}

function functionDef({ name, inputs = [], outputs = {}, nodes = [], controlRet = [] }: Func): WireWriter {
  const signature = new WireWriter().text(1, name);
  for (const input of inputs) signature.message(2, new WireWriter().text(1, input).int(3, FLOAT));
  for (const output of Object.keys(outputs)) signature.message(3, new WireWriter().text(1, output).int(3, FLOAT));
  const definition = new WireWriter().message(1, signature);
  for (const node of nodes) definition.message(3, nodeDef(node));
  for (const [key, ref] of Object.entries(outputs)) definition.message(4, new WireWriter().text(1, key).text(2, ref));
  for (const node of controlRet) definition.message(6, new WireWriter().text(1, node).text(2, node));
  return definition;
}

function attrValue(value: Attr): WireWriter {
  const attr = new WireWriter();
  if ('type' in value) return attr.int(6, value.type);
  if ('text' in value) return attr.text(2, value.text);
  if ('function' in value) return attr.message(10, new WireWriter().text(1, value.function));
  if ('ints' in value) return attr.message(1, new WireWriter().packedInts(3, value.ints));
  if ('shape' in value) return attr.message(7, shapeProto(value.shape));
  return attr.message(8, value.tensor);
}

function shapeProto(shape: readonly number[]): WireWriter {
  const proto = new WireWriter();
  for (const extent of shape) proto.message(2, new WireWriter().int(1, BigInt.asUintN(64, BigInt(extent))));
  return proto;
}

function tensorInfo(ref: string): WireWriter {
  return new WireWriter()
    .text(1, ref)
    .int(2, FLOAT)
    .message(3, shapeProto([-1, 2]));
}

function entry(key: string, value: WireWriter): WireWriter {
  return new WireWriter().text(1, key).message(2, value);
}
