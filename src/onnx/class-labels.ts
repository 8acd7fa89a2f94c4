import type { OnnxNode } from '../formats/onnx-proto/onnx-model.ts';
import type { Label } from '../spec/model.ts';
import { constantTensor } from './constant-values.ts';
import type { GraphLinks } from './graph-links.ts';
import { attribute, isMLOperator, isOnnxOperator, textsAttribute } from './node-attributes.ts';
import { origin } from './value-origin.ts';

const CLASSIFIERS = ['LinearClassifier', 'SVMClassifier', 'TreeEnsembleClassifier'];

/** Whether a node is one of ONNX's classifiers: its first output is the label, its second the scores of the classes. */
export function isClassifier(node: OnnxNode): boolean {
  return CLASSIFIERS.some((type) => isMLOperator(node, type));
}

/** The labels of a classifier, in the order of its scores; `undefined` where it names none. */
export function classifierLabels(node: OnnxNode): readonly Label[] | undefined {
  const texts = textsAttribute(node, 'classlabels_strings');
  if (texts.length > 0) return texts;
  for (const name of ['classlabels_int64s', 'classlabels_ints']) {
    const ints = attribute(node, name)?.ints;
    if (ints !== undefined && ints.length > 0) return Array.from(ints.values(), toLabel);
  }
  return undefined;
}

/**
 * The labels that a label output can give, in the order of the probability columns: those of the
 * classifier that it comes from, of the list that it is picked from by index, or what a
 * LabelEncoder makes of these. `undefined` where the graph does not say.
 */
export function labelsOf(name: string, links: GraphLinks): readonly Label[] | undefined {
  const node = origin(name, links);
  if (node === undefined) return undefined;
  if (isClassifier(node)) return classifierLabels(node);
  if (isMLOperator(node, 'ArrayFeatureExtractor') || isOnnxOperator(node, 'Gather')) {
    const list = constantTensor(node.inputs[0] ?? '', links);
    return list === undefined || list.data.length < 2 ? undefined : Array.from(list.data, toLabel);
  }
  return isMLOperator(node, 'LabelEncoder') ? encodedLabels(node, links) : undefined;
}

/** Classes that are renamed after the classifier, as converters do for boosted trees over text labels. */
function encodedLabels(node: OnnxNode, links: GraphLinks): readonly Label[] | undefined {
  const before = origin(node.inputs[0] ?? '', links);
  const classes = before !== undefined && isClassifier(before) ? classifierLabels(before) : undefined;
  const keys = listed(node, 'keys');
  const values = listed(node, 'values');
  if (keys.length === 0 || keys.length !== values.length) return undefined;
  const table = new Map(keys.map((key, i) => [key, values[i] as Label]));
  const labels = (classes ?? keys).map((label) => table.get(label));
  return labels.every((label): label is Label => label !== undefined) ? labels : undefined;
}

function listed(node: OnnxNode, prefix: string): readonly Label[] {
  const texts = textsAttribute(node, `${prefix}_strings`);
  return texts.length > 0 ? texts : Array.from(attribute(node, `${prefix}_int64s`)?.ints.values() ?? [], toLabel);
}

/** 64-bit integers as numbers where these are exact. */
export function toLabel(value: unknown): Label {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
