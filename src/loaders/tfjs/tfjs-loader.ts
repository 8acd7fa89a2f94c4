import { findingOf } from '../../errors/finding-of.ts';
import { FormatError } from '../../errors/format-error.ts';
import { MLServiceError } from '../../errors/ml-service-error.ts';
import { inspectKeras } from '../../keras/open/inspect-keras.ts';
import { openKerasModel } from '../../keras/open/open-keras-model.ts';
import { scanKeras } from '../../keras/open/scan-keras.ts';
import { readTfjs } from '../../keras/read/read-tfjs.ts';
import { openBuiltGraph } from '../../onnx-runner/open-built-graph.ts';
import { resolveRoles } from '../../onnx-runner/resolve-roles.ts';
import { graphOutputs } from '../../onnx/graph-values.ts';
import type { Inspection, LoadContext, LoadedModel, ModelLoader, ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { dangers } from '../../tensorflow/audit-graph.ts';
import { obstacleError } from '../../tensorflow/open/obstacle-error.ts';
import { outputMeaning } from '../../tensorflow/open/output-meaning.ts';
import { translateGraph } from '../../tensorflow/translate-graph.ts';
import { walkGraph } from '../../tensorflow/walk-graph.ts';
import { openTfjsModel } from '../../tfjs-runner/open-tfjs-model.ts';
import { type GraphModel, readGraphModel } from './read-graph-model.ts';
import { type ModelJson, readModelJson } from './read-model-json.ts';
import { descriptor } from './tfjs-format.ts';
import { tfjsModel } from './tfjs-model.ts';
import { splitEngine } from './tfjs-options.ts';

/**
 * Models of TensorFlow.js: layers models are computed as Keras models are, graph models as TensorFlow's graphs. What
 * cannot be computed so runs on TensorFlow.js itself where that is installed.
 */
export const loader: ModelLoader = { ...descriptor, load, scan, inspect };

async function load(context: LoadContext): Promise<LoadedModel> {
  const { tfjs, onnxruntime } = splitEngine(context.options);
  context.phase('parse');
  const model = await readModelJson(context.artefact);
  const { name } = context.artefact;
  if (tfjs !== undefined) return openTfjsModel(context, { ...(await tfjsModel(model, name)), engine: tfjs });
  try {
    return await openNatively({ ...context, options: onnxruntime }, model);
  } catch (error) {
    if (!MLServiceError.isInstance(error) || error.code !== 'ML_FORMAT_UNSUPPORTED') throw error;
    return openElsewhere(context, model, error);
  }
}

async function openNatively(context: LoadContext, model: ModelJson): Promise<LoadedModel> {
  if (model.kind === 'layers') return openKerasModel(context, await readTfjs(model.document, model.readShard));
  const graph = await readGraphModel(model, context.limits);
  refuseDangers(graph);
  const { built, obstacles } = translateGraph(graph);
  if (built === undefined) throw obstacleError(obstacles);
  const { metadata } = context;
  const { classes, ...meaning } = outputMeaning(built, metadata);
  const { task, roles } = resolveRoles({ ...meaning, classes }, graphOutputs(built.model), metadata?.outputs);
  return openBuiltGraph(context, built, { task, roles, classes, loader: descriptor.name });
}

/** TensorFlow.js computes a transposed convolution wrongly where the stride is larger than the kernel. */
const WRONG_IN_TFJS = /"(?:class_name|op)":"Conv(?:2|3)D(?:Transpose|BackpropInput)"/;

/** What the native way lacks, on TensorFlow.js; the native way's reasons where that does not do either. */
async function openElsewhere(context: LoadContext, model: ModelJson, reason: MLServiceError): Promise<LoadedModel> {
  const { artefact, warn } = context;
  if (WRONG_IN_TFJS.test(JSON.stringify(model.document))) throw reason;
  try {
    const opened = await openTfjsModel(context, await tfjsModel(model, artefact.name));
    warn({ code: 'engine-fallback', message: `${artefact.name} runs on TensorFlow.js: ${reason.message}` });
    return opened;
  } catch (error) {
    if (!MLServiceError.isInstance(error) || !/^ML_(?:LOADER_DEPENDENCY_MISSING|FORMAT_)/.test(error.code)) throw error;
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `${reason.message} (TensorFlow.js does not do either: ${error.message})`,
      {
        cause: reason,
        details: reason.details,
      },
    );
  }
}

function refuseDangers(graph: GraphModel): void {
  const [danger] = dangersOf(graph);
  if (danger !== undefined) {
    throw new FormatError('ML_FORMAT_UNSAFE', danger.message, { details: { operator: danger.name } });
  }
}

function dangersOf({ body, functions, context }: GraphModel): readonly Finding[] {
  return dangers(walkGraph({ body, functions, context, roots: [...body.nodes.keys()], wholeFunctions: true }), context);
}

async function scan({ artefact, limits }: ScanContext): Promise<readonly Finding[]> {
  try {
    const model = await readModelJson(artefact);
    if (model.kind === 'graph') return dangersOf(await readGraphModel(model, limits));
    return scanKeras(await readTfjs(model.document, model.readShard), limits);
  } catch (error) {
    return [findingOf(error)];
  }
}

async function inspect({ artefact, limits }: ScanContext): Promise<Inspection> {
  const model = await readModelJson(artefact);
  if (model.kind === 'layers') return inspectKeras(await readTfjs(model.document, model.readShard), limits);
  const { inputs, outputs, graph } = await readGraphModel(model, limits);
  const operators: Record<string, number> = {};
  for (const { op } of graph.nodes) operators[op] = (operators[op] ?? 0) + 1;
  return {
    inputs: inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape: shape ?? [] })),
    outputs: outputs.map(({ name }) => ({ name, dtype: undefined, shape: [] })),
    details: { kind: 'graph model', operators },
  };
}
