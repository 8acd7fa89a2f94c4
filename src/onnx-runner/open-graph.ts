import { importOnnxRuntime, type OnnxRuntime, type OrtChoice } from '../engines/onnxruntime-import.ts';
import { type ExternalData, OnnxSession } from '../engines/onnxruntime-session.ts';
import { AbortedError } from '../errors/aborted-error.ts';
import type { LoadContext, LoadedModel } from '../spec/model-loader.ts';
import { buildError } from './engine-errors.ts';
import type { EngineOptions } from './engine-options.ts';
import { createGraphModel, type OnnxGraph } from './graph-model.ts';

/** Imports a runtime; tests give their own. */
export type ImportRuntime = (choice: OrtChoice | undefined) => Promise<OnnxRuntime>;

/** A graph as the engine gets it, and what callers see of it. */
export interface GraphSource {
  readonly bytes: Uint8Array;
  readonly externalData: readonly ExternalData[];
  readonly graph: OnnxGraph;
  /** What messages call the graph, e.g. `ai.onnx opset 18`. */
  readonly label: string;
  readonly options: EngineOptions;
}

/** Hands a graph to the engine; the model frees the session. */
export async function openGraph(
  context: Pick<LoadContext, 'metadata' | 'extraFeatures' | 'threads' | 'signal' | 'phase' | 'warn'>,
  source: GraphSource,
  importRuntime: ImportRuntime = importOnnxRuntime,
): Promise<LoadedModel> {
  const { signal, metadata, extraFeatures, threads, warn } = context;
  const { options, label, bytes, externalData } = source;
  const runtime = await importRuntime(options.engine);
  refuseIfAborted(signal);

  context.phase('build');
  const session = await OnnxSession.create(runtime, {
    bytes,
    externalData,
    options: options.session ?? {},
    ...(threads !== undefined && { threads }),
  }).catch((error: unknown) => {
    throw buildError(error, runtime, label);
  });
  try {
    refuseIfAborted(signal);
    return createGraphModel(session, source.graph, { metadata, extraFeatures, warn });
  } catch (error) {
    await session.release();
    throw error;
  }
}

function refuseIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AbortedError('ML_ABORTED', 'the load was aborted');
}
