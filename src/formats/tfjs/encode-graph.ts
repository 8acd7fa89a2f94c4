import type { TensorLike } from '../../spec/tensor.ts';
import { WireWriter } from '../onnx-proto/wire-writer.ts';
import { encodeAttr } from './encode-attr.ts';
import { dataTypeCode } from './data-type-code.ts';
import { entriesOf, type Json, listOf, nameOf, recordOf } from './json-proto.ts';

// Fields of tensorflow/core/framework/{graph,node_def,function,op_def}.proto.

/**
 * The graph of a TensorFlow.js model (`modelTopology` of a graph model: TensorFlow's GraphDef as JSON) as the bytes that
 * TensorFlow itself would write, with the weights of the manifest as the values of its constants: from there on it is a
 * frozen graph like any other.
 *
 * @param weights by the name of the constant
 * @throws `ML_FORMAT_MALFORMED` for JSON that is no graph
 */
export function encodeGraph(topology: Json, weights: ReadonlyMap<string, TensorLike>): Uint8Array {
  const graph = recordOf(topology, 'modelTopology');
  const writer = new WireWriter();
  for (const node of listOf(graph['node'], 'node')) writer.message(1, encodeNode(node, weights));
  const library = graph['library'];
  if (library !== undefined && library !== null) {
    const functions = new WireWriter();
    for (const definition of listOf(recordOf(library, 'library')['function'], 'function')) {
      functions.message(1, encodeFunction(definition, weights));
    }
    writer.message(2, functions);
  }
  return writer.finish();
}

function encodeNode(json: Json, weights: ReadonlyMap<string, TensorLike>): WireWriter {
  const node = recordOf(json, 'a node');
  const name = nameOf(node['name'], 'a node');
  const op = nameOf(node['op'], `node ${name}`);
  const inputs = listOf(node['input'], `the inputs of ${name}`).map((input) => nameOf(input, `an input of ${name}`));
  const writer = new WireWriter().text(1, name).text(2, op).texts(3, inputs);
  const weight = op === 'Const' ? weights.get(name) : undefined;
  for (const [key, value] of entriesOf(node['attr'], `the attributes of ${name}`)) {
    const content = key === 'value' ? weight : undefined;
    writer.message(5, entry(key, encodeAttr(value, { what: `attribute ${key} of ${name}`, content })));
  }
  return writer;
}

function encodeFunction(json: Json, weights: ReadonlyMap<string, TensorLike>): WireWriter {
  const definition = recordOf(json, 'a function');
  const signature = recordOf(definition['signature'], 'the signature of a function');
  const name = nameOf(signature['name'], 'a function');
  const head = new WireWriter().text(1, name);
  for (const [field, key] of [
    [2, 'inputArg'],
    [3, 'outputArg'],
  ] as const) {
    for (const argument of listOf(signature[key], `${key} of ${name}`))
      head.message(field, encodeArgument(argument, name));
  }
  const writer = new WireWriter().message(1, head);
  for (const node of listOf(definition['nodeDef'], `the nodes of ${name}`))
    writer.message(3, encodeNode(node, weights));
  for (const [field, key] of [
    [4, 'ret'],
    [6, 'controlRet'],
  ] as const) {
    for (const [result, ref] of entriesOf(definition[key], `${key} of ${name}`)) {
      writer.message(field, entry(result, undefined).text(2, nameOf(ref, `${key} of ${name}`)));
    }
  }
  return writer;
}

function encodeArgument(json: Json, owner: string): WireWriter {
  const argument = recordOf(json, `an argument of ${owner}`);
  const what = `an argument of ${owner}`;
  const text = (key: string): string | undefined =>
    argument[key] === undefined ? undefined : nameOf(argument[key], what);
  return new WireWriter()
    .text(1, nameOf(argument['name'], what))
    .int(3, dataTypeCode(argument['type'], what))
    .text(4, text('typeAttr'))
    .text(5, text('numberAttr'))
    .text(6, text('typeListAttr'));
}

/** An entry of a map field. */
function entry(key: string, value: WireWriter | undefined): WireWriter {
  const writer = new WireWriter().text(1, key);
  return value === undefined ? writer : writer.message(2, value);
}
