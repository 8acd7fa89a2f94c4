import { importOnnxRuntime } from '../../engines/onnxruntime-import.ts';
import { findingOf } from '../../errors/finding-of.ts';
import { FormatError } from '../../errors/format-error.ts';
import { graphOutputs } from '../../onnx/graph-values.ts';
import { openBuiltGraph } from '../../onnx-runner/open-built-graph.ts';
import type { ImportRuntime } from '../../onnx-runner/open-graph.ts';
import { resolveRoles } from '../../onnx-runner/resolve-roles.ts';
import type { LoadContext, LoadedModel, ModelLoader, ScanContext } from '../../spec/model-loader.ts';
import type { Finding } from '../../spec/scan.ts';
import { translateGraph } from '../../tensorflow/translate-graph.ts';
import { convertTensorflow } from './convert-tensorflow.ts';
import { inspectModel } from './inspect-model.ts';
import { obstacleError } from '../../tensorflow/open/obstacle-error.ts';
import { contentDangers, openSource, openVariables } from './open-source.ts';
import { outputMeaning } from '../../tensorflow/open/output-meaning.ts';
import { readModel, type TensorflowContent } from './read-model.ts';
import { callableSignatures } from './signature.ts';
import { descriptor } from './tensorflow-format.ts';
import { splitOptions } from './tensorflow-options.ts';

/** A loader of SavedModels and frozen graphs: the part that is asked is written as ONNX; nothing of the file is run. */
export function createTensorflowLoader(importRuntime: ImportRuntime = importOnnxRuntime): ModelLoader {
  return {
    ...descriptor,
    load: (context) => load(context, importRuntime),
    scan,
    inspect: inspectModel,
    conversion: convertTensorflow,
  };
}

/** The loader that the package registers. */
export const loader: ModelLoader = createTensorflowLoader();

async function load(context: LoadContext, importRuntime: ImportRuntime): Promise<LoadedModel> {
  const { artefact, metadata, limits } = context;
  const { tensorflow: options, engine } = splitOptions(context.options, metadata);
  context.phase('parse');
  const content = await readModel(artefact, limits);
  const [danger] = contentDangers(content);
  if (danger !== undefined)
    throw new FormatError('ML_FORMAT_UNSAFE', danger.message, { details: { operator: danger.name } });
  const source = await openSource(content, { artefact, limits, options });
  const { built, obstacles } = translateGraph(source);
  if (built === undefined) throw obstacleError(obstacles, otherSignatures(content, source.signature));
  const { classes, ...meaning } = outputMeaning(built, metadata);
  const { task, roles } = resolveRoles({ ...meaning, classes }, graphOutputs(built.model), metadata?.outputs);
  return openBuiltGraph(
    { ...context, options: engine },
    built,
    { task, roles, classes, loader: descriptor.name },
    importRuntime,
  );
}

function otherSignatures(content: TensorflowContent, chosen: string | undefined): readonly string[] {
  if (content.kind === 'graph') return [];
  const names = content.file.metaGraphs.flatMap((metaGraph) => [...callableSignatures(metaGraph).keys()]);
  return [...new Set(names)].filter((name) => name !== chosen);
}

async function scan({ artefact, limits }: ScanContext): Promise<readonly Finding[]> {
  try {
    const content = await readModel(artefact, limits);
    const found = contentDangers(content);
    if (found.length > 0) return found;
    // A saved_model.pb alone is looked at by itself.
    if (content.kind === 'saved-model' && artefact.kind === 'directory') await openVariables(artefact, limits);
    return [];
  } catch (error) {
    return [findingOf(error)];
  }
}
