import { importOnnxRuntime } from '../../engines/onnxruntime-import.ts';
import { readZip } from '../../formats/zip/read-zip.ts';
import { openBuiltGraph } from '../../onnx-runner/open-built-graph.ts';
import type { ImportRuntime } from '../../onnx-runner/open-graph.ts';
import type { LoadContext, LoadedModel, ModelLoader, ScanContext } from '../../spec/model-loader.ts';
import { type ExportArchive, openExport } from '../../torch/export/export-archive.ts';
import { parseJson } from '../../torch/export/json-node.ts';
import { programGraph } from '../../torch/export/program-graph.ts';
import { type ExportedProgram, readProgram } from '../../torch/export/read-program.ts';
import { translateGraph } from '../../torch/graph/translate-graph.ts';
import { descriptor } from './torch-export-format.ts';

/**
 * A loader of `torch.export` archives: the program is read from its JSON, written as an ONNX graph and run on
 * onnxruntime. Weights stay where they are in the archive.
 */
export function createTorchExportLoader(importRuntime: ImportRuntime = importOnnxRuntime): ModelLoader {
  return { ...descriptor, load: (context) => load(context, importRuntime) };
}

/** The loader that the package registers. */
export const loader: ModelLoader = createTorchExportLoader();

async function load(context: LoadContext, importRuntime: ImportRuntime): Promise<LoadedModel> {
  const { limits, signal, metadata } = context;
  context.phase('parse');
  const { archive, program } = await readExport(context);
  const graph = await programGraph(archive, program, { limits, signal });
  const built = translateGraph(graph, context.artefact.name);
  const meaning = { task: 'unknown', roles: {}, classes: metadata?.classes, loader: descriptor.name } as const;
  return openBuiltGraph(context, built, meaning, importRuntime);
}

/** The archive and its program, judged but for what its operators are. */
export async function readExport({
  artefact,
  limits,
}: ScanContext): Promise<{ readonly archive: ExportArchive; readonly program: ExportedProgram }> {
  const archive = openExport(readZip(artefact.bytes, limits));
  const program = readProgram(parseJson(await archive.program.read(), archive.program.name));
  return { archive, program };
}
