import { FormatError } from '../../errors/format-error.ts';
import { dataType } from '../../formats/tensorflow-proto/data-type.ts';
import type { MetaGraph, SavedModelFile, SignatureDef } from '../../formats/tensorflow-proto/graph-def.ts';
import type { GraphBody } from '../../tensorflow/graph-body.ts';
import { fromTfShape } from '../../tensorflow/shapes.ts';
import type { GraphInput, GraphOutput } from '../../tensorflow/translate-graph.ts';

const DEFAULT_TAG = 'serve';
const DEFAULT_SIGNATURE = 'serving_default';

/** Signatures that callers can ask for: those with outputs; TensorFlow keeps its own under names with underscores. */
export function callableSignatures({ signatures }: MetaGraph): ReadonlyMap<string, SignatureDef> {
  return new Map(
    [...signatures].filter(([name, { outputs }]) => !name.startsWith('__saved_model_') && outputs.size > 0),
  );
}

/**
 * The graph of a SavedModel by its tags.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` naming the tags that there are
 */
export function chooseMetaGraph({ metaGraphs }: SavedModelFile, tags: readonly string[] | undefined): MetaGraph {
  const wanted = tags ?? [DEFAULT_TAG];
  const found = metaGraphs.find(
    (graph) => graph.tags.length === wanted.length && wanted.every((tag) => graph.tags.includes(tag)),
  );
  const [only] = metaGraphs;
  if (found !== undefined) return found;
  if (tags === undefined && only !== undefined && metaGraphs.length === 1) return only;
  const loosely = metaGraphs.find((graph) => wanted.every((tag) => graph.tags.includes(tag)));
  if (loosely !== undefined) return loosely;
  const known = metaGraphs.map((graph) => `[${graph.tags.join(', ')}]`).join(', ');
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `no graph of the SavedModel has the tags [${wanted.join(', ')}]; it has ${known || 'no graph at all'}. Choose with loaderOptions.tensorflow.tags`,
  );
}

/**
 * The signature that is asked.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` naming the signatures that there are
 */
export function chooseSignature(
  metaGraph: MetaGraph,
  wanted: string | undefined,
): { readonly name: string; readonly signature: SignatureDef } {
  const callable = callableSignatures(metaGraph);
  const [first = DEFAULT_SIGNATURE] = callable.keys();
  const name = wanted ?? (callable.has(DEFAULT_SIGNATURE) || callable.size !== 1 ? DEFAULT_SIGNATURE : first);
  const signature = callable.get(name);
  if (signature !== undefined) return { name, signature };
  const known = [...callable.keys()].map((key) => JSON.stringify(key)).join(', ');
  const advice =
    callable.size === 0
      ? 'save it again with signatures: tf.saved_model.save(model, path, signatures=model.call.get_concrete_function(...)) or model.export(path)'
      : `it has ${known}; choose with loaderOptions.tensorflow.signature`;
  throw new FormatError('ML_FORMAT_UNSUPPORTED', `the SavedModel has no signature ${JSON.stringify(name)}; ${advice}`, {
    details: { signature: name, signatures: [...callable.keys()] },
  });
}

/** Inputs and outputs of a signature, by the names that callers use. */
export function signatureEnds(
  signature: SignatureDef,
  body: GraphBody,
): { readonly inputs: readonly GraphInput[]; readonly outputs: readonly GraphOutput[] } {
  const sorted = <T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
    [...map].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const inputs = sorted(signature.inputs).map(([name, info]): GraphInput => {
    const { dtype, name: typeName } = dataType(info.type);
    if (dtype === undefined || info.name === '') {
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `the input ${JSON.stringify(name)} is ${info.name === '' ? 'no dense tensor' : `of type ${typeName}`}`,
      );
    }
    const { node } = body.resolve(info.name);
    return { name, node: node?.name ?? '', dtype, shape: fromTfShape(info.shape) as GraphInput['shape'] };
  });
  const outputs = sorted(signature.outputs).map(([name, info]): GraphOutput => {
    if (info.name === '')
      throw new FormatError('ML_FORMAT_UNSUPPORTED', `the output ${JSON.stringify(name)} is no dense tensor`);
    return { name, ref: info.name };
  });
  for (const { name } of [...inputs, ...outputs]) {
    if (name === '__proto__')
      throw new FormatError('ML_FORMAT_UNSUPPORTED', 'an input or output is named "__proto__"; rename it');
  }
  return { inputs, outputs };
}
