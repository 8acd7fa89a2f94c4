import type { OnnxGraphProto, OnnxModel, OnnxNode } from '../formats/onnx-proto/onnx-model.ts';
import { subgraphsOf } from '../formats/onnx-proto/subgraphs.ts';
import type { Finding } from '../spec/scan.ts';
import { isOnnxOperator } from './node-attributes.ts';

/**
 * Shapes of graphs that end the whole process inside of onnxruntime, whatever rows they are given.
 *
 * Known so far: a TopK over no rows divides by zero. What skl2onnx makes of a KNNImputer comes
 * to that in a branch which onnxruntime takes when no value is missing. So a TopK is reported when it is
 * in a branch or a function and the number of its rows depends on values (NonZero, Compress and
 * the like lie before it). One outside of branches is judged by the rows that it gets.
 */
export function processKillers(model: OnnxModel): readonly Finding[] {
  const functions = summarise(model);
  const { graph } = model;
  if (graph === undefined) return [];
  const { kills } = follow(graph.nodes, { tainted: new Set(), functions, guarded: false });
  if (!kills) return [];
  return [
    {
      severity: 'unsupported',
      code: 'ML_FORMAT_UNSUPPORTED',
      message:
        'the graph chooses rows by value and gives them to a TopK inside of a branch or function, as a converted KNNImputer does; when there are none, onnxruntime ends the whole process. Convert the model without that step (e.g. SimpleImputer), or load the scikit-learn file itself',
    },
  ];
}

/** Operators whose results have as many elements as the values say. */
const SIZED_BY_VALUES = ['NonZero', 'Compress', 'Unique', 'NonMaxSuppression'];

/** What a call of a function does, for arguments of fixed and of value-dependent size. */
interface Summary {
  readonly fixed: Outcome;
  readonly tainted: Outcome;
}

interface Outcome {
  /** Whether results have value-dependent sizes. */
  readonly taints: boolean;
  readonly kills: boolean;
}

type Summaries = ReadonlyMap<string, Summary>;

interface Following {
  /** Names of values whose size depends on values; grows. */
  readonly tainted: Set<string>;
  readonly functions: Summaries;
  /** Whether the nodes are in a branch or a function. */
  readonly guarded: boolean;
}

/** Follows the nodes in order, into subgraphs as deep as the reader allowed them. */
function follow(nodes: readonly OnnxNode[], following: Following): Outcome {
  const { tainted, functions, guarded } = following;
  let kills = false;
  let taints = false;
  for (const node of nodes) {
    const fed = node.inputs.some((name) => tainted.has(name));
    const called = functions.get(functionKey(node.domain, node.opType));
    const outcome = fed ? called?.tainted : called?.fixed;
    let spreads = fed || (outcome?.taints ?? false) || SIZED_BY_VALUES.some((type) => isOnnxOperator(node, type));
    kills ||= outcome?.kills ?? false;
    kills ||= guarded && isOnnxOperator(node, 'TopK') && tainted.has(node.inputs[0] ?? '');
    for (const graph of subgraphsOf(node)) {
      if (fed) for (const { name } of graph.inputs) tainted.add(name);
      const inner = { ...following, guarded: guarded || isOnnxOperator(node, 'If') };
      kills = follow(graph.nodes, inner).kills || kills;
      spreads ||= givesTainted(graph, tainted);
    }
    if (spreads) for (const name of node.outputs) if (name !== '') tainted.add(name);
    taints ||= spreads;
  }
  return { kills, taints };
}

function givesTainted(graph: OnnxGraphProto, tainted: ReadonlySet<string>): boolean {
  return graph.outputs.some(({ name }) => tainted.has(name));
}

/** Functions from the innermost outwards; calls in a ring, which are no valid model, are left out. */
function summarise({ functions }: OnnxModel): Summaries {
  const byKey = new Map(functions.map((f) => [functionKey(f.domain, f.name), f]));
  const summaries = new Map<string, Summary>();
  const begun = new Set<string>();
  const waiting = [...byKey.keys()];
  for (let key = waiting.at(-1); key !== undefined; key = waiting.at(-1)) {
    const f = byKey.get(key);
    if (f === undefined || summaries.has(key)) {
      waiting.pop();
      continue;
    }
    if (!begun.has(key)) {
      begun.add(key);
      for (const callee of calls(f.nodes)) if (byKey.has(callee) && !begun.has(callee)) waiting.push(callee);
      continue;
    }
    waiting.pop();
    const fixed = follow(f.nodes, { tainted: new Set(), functions: summaries, guarded: true });
    const tainted = follow(f.nodes, { tainted: new Set(f.inputs), functions: summaries, guarded: true });
    summaries.set(key, { fixed, tainted: { ...tainted, taints: true } });
  }
  return summaries;
}

/** Keys of every operator that nodes use, in subgraphs too. */
function calls(nodes: readonly OnnxNode[]): ReadonlySet<string> {
  const keys = new Set<string>();
  const waiting = [nodes];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const node of next) {
      keys.add(functionKey(node.domain, node.opType));
      for (const graph of subgraphsOf(node)) waiting.push(graph.nodes);
    }
  }
  return keys;
}

function functionKey(domain: string, name: string): string {
  return JSON.stringify([domain, name]);
}
