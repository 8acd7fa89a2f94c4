import { importOnnxRuntime } from '../../engines/onnxruntime-import.ts';
import { openBuiltGraph } from '../../onnx-runner/open-built-graph.ts';
import type { ImportRuntime } from '../../onnx-runner/open-graph.ts';
import type { LoadContext, LoadedModel, ModelLoader } from '../../spec/model-loader.ts';
import { programGraph } from '../../torch/export/program-graph.ts';
import { translateGraph } from '../../torch/graph/translate-graph.ts';
import { convertExport } from './convert-export.ts';
import { inspectExport } from './inspect-export.ts';
import { outputRoles } from './output-roles.ts';
import { readExport } from './read-export.ts';
import { renameOutputs } from './rename-outputs.ts';
import { scanExport } from './scan-export.ts';
import { descriptor } from './torch-export-format.ts';

/**
 * A loader of `torch.export` archives: the program is read from its JSON, written as an ONNX graph and run on
 * onnxruntime. Weights stay where they are in the archive.
 */
export function createTorchExportLoader(importRuntime: ImportRuntime = importOnnxRuntime): ModelLoader {
  return {
    ...descriptor,
    load: (context) => load(context, importRuntime),
    scan: scanExport,
    inspect: inspectExport,
    conversion: convertExport,
  };
}

/** The loader that the package registers. */
export const loader: ModelLoader = createTorchExportLoader();

async function load(context: LoadContext, importRuntime: ImportRuntime): Promise<LoadedModel> {
  const { limits, signal, metadata, artefact } = context;
  context.phase('parse');
  const { archive, program } = await readExport(context);
  const graph = await programGraph(archive, program, { limits, signal });
  const { built, outputs } = translateGraph(graph, artefact.name);
  const roles = outputRoles({ inputs: graph.inputs, outputs }, metadata);
  const meaning = { ...roles, classes: metadata?.classes, loader: descriptor.name };
  const model = await openBuiltGraph(context, built, meaning, importRuntime);
  return renameOutputs(model, outputs);
}
