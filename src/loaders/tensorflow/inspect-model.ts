import { dataType } from '../../formats/tensorflow-proto/data-type.ts';
import type { MetaGraph, NodeDef, TensorInfo } from '../../formats/tensorflow-proto/graph-def.ts';
import type { TensorBundle } from '../../formats/tensor-bundle/tensor-bundle.ts';
import type { Inspection, ScanContext } from '../../spec/model-loader.ts';
import type { ValueInfo } from '../../spec/model.ts';
import { GraphBody } from '../../tensorflow/graph-body.ts';
import { fromTfShape } from '../../tensorflow/shapes.ts';
import { walkGraph } from '../../tensorflow/walk-graph.ts';
import { frozenEnds } from '../../tensorflow/open/frozen-ends.ts';
import { openVariables } from './open-source.ts';
import { readModel, type TensorflowContent } from './read-model.ts';
import { callableSignatures, chooseMetaGraph } from './signature.ts';

/** Signatures, tags, operators and variables of a file; nothing is translated. */
export async function inspectModel({ artefact, limits }: ScanContext): Promise<Inspection> {
  const content = await readModel(artefact, limits);
  if (content.kind === 'graph') return inspectGraph(content);
  const metaGraph = chooseMetaGraph(content.file, undefined);
  const signatures = callableSignatures(metaGraph);
  const shown = signatures.get('serving_default') ?? [...signatures.values()][0];
  const variables = artefact.kind === 'directory' ? await openVariables(artefact, limits) : undefined;
  return {
    task: 'unknown',
    inputs: toValueInfos(shown?.inputs),
    outputs: toValueInfos(shown?.outputs),
    details: {
      kind: 'SavedModel',
      tensorflowVersion: metaGraph.tensorflowVersion,
      tags: content.file.metaGraphs.map(({ tags }) => tags),
      signatures: Object.fromEntries(
        Array.from(signatures, ([name, { inputs, outputs }]) => [
          name,
          { inputs: toValueInfos(inputs), outputs: toValueInfos(outputs) },
        ]),
      ),
      operators: signatureOperators(metaGraph, content),
      ...variableDetails(variables),
    },
  };
}

function inspectGraph({ graph, context }: Extract<TensorflowContent, { kind: 'graph' }>): Inspection {
  const body = GraphBody.ofGraph(graph);
  const { inputs, outputs } = frozenEnds(body, context, {});
  const roots = outputs.map(({ ref }) => ref);
  const nodes = walkGraph({ body, functions: graph.functions, context, roots, wholeFunctions: false });
  return {
    task: 'unknown',
    inputs: inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape: shape ?? [] })),
    outputs: outputs.map(({ name }) => ({ name, dtype: undefined, shape: [] })),
    details: { kind: 'frozen graph', operators: counted(nodes.map(({ node }) => node)) },
  };
}

function signatureOperators(metaGraph: MetaGraph, { context }: TensorflowContent): Readonly<Record<string, number>> {
  const body = GraphBody.ofGraph(metaGraph.graph);
  const roots = [...callableSignatures(metaGraph).values()].flatMap(({ outputs }) =>
    Array.from(outputs.values(), ({ name }) => name),
  );
  const { functions } = metaGraph.graph;
  return counted(walkGraph({ body, functions, context, roots, wholeFunctions: false }).map(({ node }) => node));
}

function counted(nodes: readonly NodeDef[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function toValueInfos(values: ReadonlyMap<string, TensorInfo> | undefined): readonly ValueInfo[] {
  return Array.from(values ?? [], ([name, { type, shape }]) => ({
    name,
    dtype: dataType(type).dtype,
    shape: fromTfShape(shape) ?? [],
  }));
}

function variableDetails(bundle: TensorBundle | undefined): Readonly<Record<string, unknown>> {
  return bundle === undefined ? {} : { variables: bundle.describe() };
}
