import { makeNode } from '../../formats/onnx-proto/build.ts';
import { DATA_TYPE } from '../../formats/onnx-proto/element-type.ts';
import {
  edited,
  type OnnxGraphProto,
  type OnnxModel,
  type OnnxNode,
  type OnnxValueInfo,
} from '../../formats/onnx-proto/onnx-model.ts';
import type { Finding } from '../../spec/scan.ts';
import { integersOf } from '../constant-values.ts';
import { GraphLinks } from '../graph-links.ts';
import { attribute, isOnnxOperator, textAttribute, textsAttribute } from '../node-attributes.ts';
import type { StringStep } from '../string-normalizer.ts';
import { eachNode } from '../walk-nodes.ts';

/** The rewritten model and what has to be done in its stead. */
export interface CutStringNormalizers {
  /** The very object that was given when nothing changed. */
  readonly model: OnnxModel;
  /** To be done on the inputs, in this order. */
  readonly steps: readonly StringStep[];
  /** One for every StringNormalizer that needs a locale and cannot be cut. */
  readonly findings: readonly Finding[];
}

/**
 * Cuts every StringNormalizer that onnxruntime could only compute with a locale of the operating
 * system, which containers do not have. It can be cut where it is the first thing that happens
 * to an input, reshaping apart; it becomes an Identity.
 */
export function cutStringNormalizers(model: OnnxModel): CutStringNormalizers {
  const { graph } = model;
  const steps: StringStep[] = [];
  const findings: Finding[] = [];
  const cut = new Set<OnnxNode>();
  let tracing: Tracing | undefined;
  for (const { node, top } of eachNode(model)) {
    if (!isOnnxOperator(node, 'StringNormalizer') || !needsLocale(node)) continue;
    if (top && graph !== undefined) tracing ??= tracingOf(graph, cut);
    const step = top && tracing !== undefined ? stepOf(node, tracing) : undefined;
    if (step === undefined) {
      findings.push(uncuttable(node));
      continue;
    }
    steps.push(step);
    cut.add(node);
  }
  if (graph === undefined || cut.size === 0) return { model, steps, findings };
  const nodes = graph.nodes.map((node) =>
    cut.has(node) ? makeNode('Identity', { inputs: node.inputs, outputs: node.outputs }) : node,
  );
  return { model: edited(model, { graph: edited(graph, { nodes }) }), steps, findings };
}

/** onnxruntime opens a locale to change case and to compare stop words without case. */
function needsLocale(node: OnnxNode): boolean {
  const change = textAttribute(node, 'case_change_action') ?? 'NONE';
  return change !== 'NONE' || (!isCaseSensitive(node) && textsAttribute(node, 'stopwords').length > 0);
}

function isCaseSensitive(node: OnnxNode): boolean {
  return (attribute(node, 'is_case_sensitive')?.i ?? 0n) !== 0n;
}

/** What the way from a normaliser back to an input is followed with. */
interface Tracing {
  readonly links: GraphLinks;
  /** Nodes that will be Identity. */
  readonly cut: ReadonlySet<OnnxNode>;
  readonly inputs: ReadonlyMap<string, OnnxValueInfo>;
  readonly outputs: ReadonlySet<string>;
}

function tracingOf(graph: OnnxGraphProto, cut: ReadonlySet<OnnxNode>): Tracing {
  return {
    links: new GraphLinks(graph),
    cut,
    inputs: new Map(graph.inputs.map((info) => [info.name, info])),
    outputs: new Set(graph.outputs.map((output) => output.name)),
  };
}

function stepOf(node: OnnxNode, tracing: Tracing): StringStep | undefined {
  const caseChange = textAttribute(node, 'case_change_action') ?? 'NONE';
  if (caseChange !== 'LOWER' && caseChange !== 'UPPER' && caseChange !== 'NONE') return undefined;
  const source = sourceOf(node, tracing);
  if (source === undefined) return undefined;
  const type = tracing.inputs.get(source.input)?.type?.value;
  if (type?.kind !== 'tensor' || type.elemType !== DATA_TYPE.STRING) return undefined;
  const stopwords = textsAttribute(node, 'stopwords');
  const extents = type.shape?.dims.map((dimension) => dimension.value);
  // A text that is taken out of a matrix leaves no matrix.
  const column = extents?.length === 1 || (extents?.length === 2 && extents.includes(1n));
  if (source.flattened && stopwords.length > 0 && !column) return undefined;
  return { ...source, caseChange, stopwords, caseSensitive: isCaseSensitive(node) };
}

/** Longer ways than any converter writes; a broken graph may be a ring. */
const MAX_STEPS = 64;

/** The input that a node's texts come from, if nothing else reads them on the way. */
function sourceOf(node: OnnxNode, tracing: Tracing): { input: string; flattened: boolean } | undefined {
  const { links, cut, outputs } = tracing;
  let flattened = false;
  let value = node.inputs[0] ?? '';
  for (let i = 0; i < MAX_STEPS; i++) {
    if (value === '' || outputs.has(value) || links.consumers(value).length !== 1) return undefined;
    if (links.initializer(value) !== undefined) return undefined;
    const producer = links.producer(value);
    if (producer === undefined) return { input: value, flattened };
    if (!cut.has(producer) && !isOnnxOperator(producer, 'Identity')) {
      if (!isFlattening(producer, links)) return undefined;
      flattened = true;
    }
    value = producer.inputs[0] ?? '';
  }
  return undefined;
}

/** Reshapes that keep the texts and their order and fix no number of them. */
function isFlattening(node: OnnxNode, links: GraphLinks): boolean {
  if (isOnnxOperator(node, 'Flatten') || isOnnxOperator(node, 'Squeeze')) return true;
  if (!isOnnxOperator(node, 'Reshape')) return false;
  const target = integersOf(node.inputs[1] ?? '', links);
  if (target === undefined) return false;
  return (
    target.filter((extent) => extent === -1n).length === 1 && target.every((extent) => extent === -1n || extent === 1n)
  );
}

function uncuttable(node: OnnxNode): Finding {
  const name = node.name === undefined || node.name === '' ? (node.outputs[0] ?? '') : node.name;
  return {
    severity: 'unsupported',
    code: 'ML_FORMAT_UNSUPPORTED',
    message: `the StringNormalizer ${JSON.stringify(name)} changes or ignores case in the middle of the graph; onnxruntime computes that with the locale en_US.UTF-8 of the operating system, so that it fails on machines without it. Export the model so that the texts are normalised first, or without a change of case (lowercase=False) and with texts in the right case`,
  };
}
