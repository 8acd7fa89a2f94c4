import { serializeModel } from '../formats/onnx-proto/write-model.ts';
import type { BuiltGraph } from '../onnx/builder/graph-builder.ts';
import { graphInputs, graphOutputs } from '../onnx/graph-values.ts';
import { rowsIndependent } from '../onnx/rows-independent.ts';
import { eachNode } from '../onnx/walk-nodes.ts';
import { castHalfEdges } from '../onnx/rewrite/float16-edges.ts';
import type { LoadContext, LoadedModel } from '../spec/model-loader.ts';
import type { Label, Task } from '../spec/model.ts';
import type { RunInput } from './feed-run.ts';
import type { FeedStep } from './graph-model.ts';
import { operatorFatalWhenEmpty } from './empty-tensors.ts';
import { parseEngineOptions } from './engine-options.ts';
import { type ImportRuntime, openGraph } from './open-graph.ts';
import { residentBytes } from './resident-bytes.ts';
import type { OutputRoles } from './row-methods.ts';

/** What a graph's writer knows of its meaning. */
export interface BuiltGraphMeaning {
  readonly task: Task;
  readonly roles: OutputRoles;
  readonly classes: readonly Label[] | undefined;
  /** Name of the loader, for the engine's options and messages. */
  readonly loader: string;
  /** The inputs that callers feed, where they are others than the graph's, and how the graph's are made of them. */
  readonly preparation?: { readonly inputs: readonly RunInput[]; readonly steps: readonly FeedStep[] };
}

/**
 * Opens a graph that this library wrote. It was not read from a file, so that nothing of it is
 * audited; the engine still judges it.
 */
export function openBuiltGraph(
  context: Pick<LoadContext, 'options' | 'metadata' | 'extraFeatures' | 'threads' | 'signal' | 'phase' | 'warn'>,
  built: BuiltGraph,
  meaning: BuiltGraphMeaning,
  importRuntime?: ImportRuntime,
): Promise<LoadedModel> {
  const { externalData } = built;
  const { task, roles, classes, loader, preparation } = meaning;
  const options = parseEngineOptions(context.options, loader);
  const { model } = castHalfEdges(built.model);
  const bytes = serializeModel(model);
  const engineInputs = graphInputs(built.model);
  const graph = {
    inputs: preparation?.inputs ?? engineInputs,
    ...(preparation === undefined ? {} : { preparation: { steps: preparation.steps, engineInputs } }),
    outputs: graphOutputs(built.model),
    task,
    roles,
    classes,
    steps: [],
    rowsIndependent: rowsIndependent(model),
    diesOnEmpty: operatorFatalWhenEmpty(new Map(Array.from(eachNode(built.model), ({ node }) => [node.opType, 1]))),
    byteSize: residentBytes(built.model, externalData),
  };
  return openGraph(context, { bytes, externalData, graph, label: `written from ${loader}`, options }, importRuntime);
}
