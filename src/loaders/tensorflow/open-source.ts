import { FormatError } from '../../errors/format-error.ts';
import type { MetaGraph, NodeDef } from '../../formats/tensorflow-proto/graph-def.ts';
import { TensorBundle } from '../../formats/tensor-bundle/tensor-bundle.ts';
import type { Artefact } from '../../spec/artefact.ts';
import type { Limits } from '../../spec/limits.ts';
import type { Finding } from '../../spec/scan.ts';
import { dangers } from '../../tensorflow/audit-graph.ts';
import type { HeldValue } from '../../tensorflow/conversion/graph-payload.ts';
import { GraphBody } from '../../tensorflow/graph-body.ts';
import { initialNodes } from '../../tensorflow/initial-nodes.ts';
import { Resources } from '../../tensorflow/resources.ts';
import type { GraphSource } from '../../tensorflow/translate-graph.ts';
import { walkGraph } from '../../tensorflow/walk-graph.ts';
import { RESTORE_OPERATORS, SAVER_OPERATORS, TABLE_FILE_OPERATORS } from '../../tensorflow/dangerous-operators.ts';
import { frozenEnds } from '../../tensorflow/open/frozen-ends.ts';
import type { TensorflowContent } from './read-model.ts';
import { callableSignatures, chooseMetaGraph, chooseSignature, signatureEnds } from './signature.ts';
import type { TensorflowOptions } from './tensorflow-options.ts';

const VARIABLES = 'variables/variables';

/** A chosen part of a model, ready to be translated; `signature` is `undefined` for a frozen graph. */
export interface OpenedSource extends GraphSource {
  readonly signature: string | undefined;
  /** As it lies in the file. */
  readonly encoded: Uint8Array;
  /** What a variable or table holds; `undefined` for any other node. */
  readonly held: (node: NodeDef) => HeldValue | undefined;
}

/**
 * Chooses what is asked (signature, or ends of a frozen graph) and reads the variables that belong to it.
 *
 * @throws `ML_FORMAT_*`, `ML_ARTEFACT_*`
 */
export async function openSource(
  content: TensorflowContent,
  {
    artefact,
    limits,
    options,
  }: { readonly artefact: Artefact; readonly limits: Limits; readonly options: TensorflowOptions },
): Promise<OpenedSource> {
  const { context } = content;
  if (content.kind === 'graph') {
    const body = GraphBody.ofGraph(content.graph);
    const { functions, encoded } = content.graph;
    const ends = frozenEnds(body, context, options);
    const kept = { body, functions, context, limits, ...ends, signature: undefined, encoded };
    return { ...kept, resources: notFrozen, held: notFrozen };
  }
  const metaGraph = chooseMetaGraph(content.file, options.tags);
  const { name, signature } = chooseSignature(metaGraph, options.signature);
  const body = GraphBody.ofGraph(metaGraph.graph);
  const ends = signatureEnds(signature, body);
  const bundle = await openVariables(artefact, limits);
  const resources = new Resources({ body, metaGraph, context, bundle, assets: await readAssets(artefact, metaGraph) });
  const { functions, encoded } = metaGraph.graph;
  const kept = { body, functions, context, limits, ...ends, signature: name, encoded };
  return {
    ...kept,
    resources: (node, g) => resources.of(node, g),
    held: (node) => resources.held(node),
  };
}

/** A frozen graph has its weights as constants. */
const notFrozen = (node: NodeDef): undefined => {
  if (!/^(VarHandleOp|Variable(V2)?|(Mutable)?HashTable(V2)?)$/.test(node.op)) return undefined;
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `the graph is not frozen: ${JSON.stringify(node.name)} (${node.op}) has its values elsewhere; freeze it, or save a SavedModel`,
  );
};

/** The checkpoint of the model's variables; `undefined` for a model without any. */
export async function openVariables(artefact: Artefact, limits: Limits): Promise<TensorBundle | undefined> {
  const directory = artefact.kind === 'directory';
  if (directory && !artefact.entries.some((entry) => entry.startsWith('variables/'))) return undefined;
  return TensorBundle.open(VARIABLES, (path) => artefact.read(path), limits);
}

async function readAssets(artefact: Artefact, { assets }: MetaGraph): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of assets.values()) if (!files.has(name)) files.set(name, await artefact.read(`assets/${name}`));
  return files;
}

/**
 * What is dangerous in a file: in what its signatures run, in what initializes and restores it, or, where it
 * has no signatures, anywhere.
 */
export function contentDangers(content: TensorflowContent): readonly Finding[] {
  const { context } = content;
  if (content.kind === 'graph') {
    const body = GraphBody.ofGraph(content.graph);
    const { functions } = content.graph;
    const all = walkGraph({ body, functions, context, roots: [...body.nodes.keys()], wholeFunctions: true });
    const ends = reachable(() => frozenEnds(body, context, {}).outputs.map(({ ref }) => ref));
    const run = walkGraph({ body, functions, context, roots: ends, wholeFunctions: true });
    return firstPerOperator([...dangers(run, context), ...dangers(all, context, SAVER_OPERATORS)]);
  }
  return firstPerOperator(content.file.metaGraphs.flatMap((metaGraph) => metaGraphDangers(metaGraph, context)));
}

function metaGraphDangers(metaGraph: MetaGraph, context: TensorflowContent['context']): readonly Finding[] {
  const body = GraphBody.ofGraph(metaGraph.graph);
  const { functions } = metaGraph.graph;
  const walk = (roots: readonly string[]): ReturnType<typeof walkGraph> =>
    walkGraph({ body, functions, context, roots, wholeFunctions: true });
  const callable = [...callableSignatures(metaGraph).values()];
  if (callable.length === 0) return dangers(walk([...body.nodes.keys()]), context, SAVER_OPERATORS);
  return [
    ...dangers(walk(callable.flatMap(({ outputs }) => Array.from(outputs.values(), ({ name }) => name))), context),
    ...dangers(walk(initialNodes(metaGraph)), context, TABLE_FILE_OPERATORS),
    ...dangers(walk([metaGraph.restoreOp]), context, RESTORE_OPERATORS),
  ];
}

function reachable(find: () => readonly string[]): readonly string[] {
  try {
    return find();
  } catch (error) {
    // A graph whose outputs are not clear is looked at as a whole anyway.
    if (error instanceof FormatError) return [];
    throw error;
  }
}

function firstPerOperator(findings: readonly Finding[]): readonly Finding[] {
  const byName = new Map(findings.toReversed().map((finding) => [finding.name, finding]));
  return [...byName.values()].toReversed();
}
