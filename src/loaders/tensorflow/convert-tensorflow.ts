import { createHash } from 'node:crypto';
import { FormatError } from '../../errors/format-error.ts';
import type { ConversionNeed } from '../../spec/converter.ts';
import type { ConversionContext } from '../../spec/model-loader.ts';
import { graphPayload, type HeldValue } from '../../tensorflow/conversion/graph-payload.ts';
import { impassableOperators, pruneGraph } from '../../tensorflow/conversion/prune-graph.ts';
import { namedShape } from '../../tensorflow/translate-graph.ts';
import { isHandle } from '../../tensorflow/resources.ts';
import { functionsOf, nodeName, walkGraph } from '../../tensorflow/walk-graph.ts';
import { contentDangers, type OpenedSource, openSource } from './open-source.ts';
import { readModel, type TensorflowContent } from './read-model.ts';
import { splitOptions } from './tensorflow-options.ts';

/**
 * What converting a model takes, or `undefined` where it uses more than functions of tensors. TensorFlow is given the part
 * of the graph that is asked, and the values of its variables and tables as they were read here: no file, no saver, no
 * initialization.
 *
 * @throws `ML_FORMAT_UNSAFE`; as `readModel` and `openSource`
 */
export async function convertTensorflow(context: ConversionContext): Promise<ConversionNeed | undefined> {
  const { artefact, limits } = context;
  const { tensorflow: options } = splitOptions(context.options, context.metadata);
  const content = await readModel(artefact, limits);
  const [danger] = contentDangers(content);
  if (danger !== undefined)
    throw new FormatError('ML_FORMAT_UNSAFE', danger.message, { details: { operator: danger.name } });
  const source = await openSource(content, { artefact, limits, options });
  const part = askedPart(source);
  if (part === undefined) return undefined;
  const packed = graphPayload(part.graph, part.held);
  if (packed === undefined) return undefined;
  const { inputs, outputs } = source;
  return {
    framework: 'tensorflow',
    version: versionOf(content),
    names: [],
    form: 'graph',
    settings: {
      inputs: inputs.map((input) => ({
        name: input.name,
        node: input.node,
        dtype: input.dtype,
        shape: namedShape(input, inputs.length === 1) ?? null,
      })),
      outputs,
      // The digest of a file says nothing of the variables beside it.
      ...(artefact.kind === 'file' &&
        content.kind === 'saved-model' && { content: createHash('sha256').update(packed).digest('hex') }),
    },
    content: () => packed,
  };
}

interface AskedPart {
  readonly graph: Uint8Array;
  readonly held: readonly HeldValue[];
}

/** The nodes that the outputs are computed from, without those that are given, and what they hold; `undefined` where one of them may not be passed. */
function askedPart(source: OpenedSource): AskedPart | undefined {
  const { body, functions, context, inputs, outputs, encoded } = source;
  const fed = new Set(inputs.map(({ node }) => node));
  const roots = outputs.map(({ ref }) => nodeName(ref));
  const placed = walkGraph({ body, functions, context, roots, wholeFunctions: true, fed });
  const own = placed.filter(({ functionName }) => functionName === '').map(({ node }) => node);
  // What a function holds by itself has no place that a value could be given to.
  if (placed.some(({ node, functionName }) => functionName !== '' && isHandle(node.op))) return undefined;
  const computed = own.filter(({ name }) => !fed.has(name));
  const nodes = new Set(computed.map(({ name }) => name));
  const called = new Set(placed.flatMap(({ node }) => functionsOf(node, context, functions)));
  const graph = pruneGraph(encoded, { nodes, functions: called }, context);
  if (impassableOperators(graph, context).length > 0) return undefined;
  const held = computed.flatMap((node) => source.held(node) ?? []);
  return { graph, held };
}

function versionOf(content: TensorflowContent): string | undefined {
  if (content.kind === 'graph') return undefined;
  return content.file.metaGraphs[0]?.tensorflowVersion || undefined;
}
