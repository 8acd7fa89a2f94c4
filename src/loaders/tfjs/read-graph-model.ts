import { FormatError } from '../../errors/format-error.ts';
import { dataType } from '../../formats/tensorflow-proto/data-type.ts';
import type { GraphDef } from '../../formats/tensorflow-proto/graph-def.ts';
import { ProtoContext } from '../../formats/tensorflow-proto/proto-context.ts';
import { readGraph } from '../../formats/tensorflow-proto/read-graph.ts';
import { dataTypeCode } from '../../formats/tfjs/data-type-code.ts';
import { encodeGraph } from '../../formats/tfjs/encode-graph.ts';
import { entriesOf, type Json, listOf, nameOf, recordOf } from '../../formats/tfjs/json-proto.ts';
import { isRecord, own } from '../../keras/model/layer-config.ts';
import { manifestEntries, readEntry } from '../../keras/weights/tfjs-manifest.ts';
import type { Limits } from '../../spec/limits.ts';
import { GraphBody } from '../../tensorflow/graph-body.ts';
import { frozenEnds } from '../../tensorflow/open/frozen-ends.ts';
import type { GraphInput, GraphOutput, GraphSource } from '../../tensorflow/translate-graph.ts';
import type { ModelJson } from './read-model-json.ts';
import { signatureInside } from './tfjs-model.ts';

/** A graph model as TensorFlow's graphs are translated. */
export interface GraphModel extends GraphSource {
  readonly graph: GraphDef;
}

/**
 * Reads a graph model of TensorFlow.js: a frozen graph of TensorFlow whose constants are in shards.
 *
 * @throws `ML_FORMAT_MALFORMED`, `ML_FORMAT_TRUNCATED`, `ML_FORMAT_UNSUPPORTED`, `ML_FORMAT_LIMIT`
 */
export async function readGraphModel({ document, readShard }: ModelJson, limits: Limits): Promise<GraphModel> {
  const member = (key: string): Json => (isRecord(document) ? own(document, key) : undefined);
  const entries = await manifestEntries(member('weightsManifest'), readShard);
  const weights = new Map(entries.map((entry) => [entry.name, readEntry(entry)]));
  const bytes = encodeGraph(member('modelTopology'), weights);
  const context = new ProtoContext(bytes, limits);
  const graph = readGraph(bytes, context, true);
  const body = GraphBody.ofGraph(graph);
  const signature = member('signature') ?? signatureInside(member('userDefinedMetadata'));
  const found = frozenEnds(body, context, {});
  return {
    graph,
    body,
    functions: graph.functions,
    context,
    limits,
    inputs: signedInputs(signature, body) ?? found.inputs,
    outputs: signedOutputs(signature) ?? found.outputs,
    resources: () => undefined,
  };
}

function signedInputs(signature: Json, body: GraphBody): readonly GraphInput[] | undefined {
  const inputs = ends(signature, 'inputs');
  return inputs?.map(([name, info]) => {
    const { dtype } = dataType(dataTypeCode(info['dtype'], `input ${name}`));
    const { node } = body.resolve(nameOf(info['name'] ?? name, `input ${name}`));
    if (dtype === undefined || node === undefined) {
      throw new FormatError('ML_FORMAT_UNSUPPORTED', `the input ${JSON.stringify(name)} is no tensor that is read`);
    }
    return { name, node: node.name, dtype, shape: extents(info['tensorShape'], `input ${name}`) };
  });
}

function signedOutputs(signature: Json): readonly GraphOutput[] | undefined {
  return ends(signature, 'outputs')?.map(([name, info]) => ({
    name,
    ref: nameOf(info['name'] ?? name, `output ${name}`),
  }));
}

/** Values of a signature by name; `undefined` where there is none. */
function ends(signature: Json, side: string): readonly (readonly [string, ReturnType<typeof recordOf>])[] | undefined {
  if (!isRecord(signature)) return undefined;
  const values = entriesOf(own(signature, side), `the ${side} of the signature`);
  if (values.length === 0) return undefined;
  return values.map(([name, info]) => [name, recordOf(info, `${side} ${name}`)]);
}

function extents(json: Json, what: string): GraphInput['shape'] {
  if (!isRecord(json) || own(json, 'unknownRank') === true) return undefined;
  return listOf(own(json, 'dim'), what).map((dim) => {
    const size = Number(isRecord(dim) ? (own(dim, 'size') ?? 0) : 0);
    return size < 0 ? null : size;
  });
}
