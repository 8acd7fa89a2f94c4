import type { OnnxModel } from '../formats/onnx-proto/onnx-model.ts';
import type { Label, Task } from '../spec/model.ts';
import type { DType } from '../spec/tensor.ts';
import { classifierLabels, isClassifier, labelsOf, toLabel } from './class-labels.ts';
import { GraphLinks } from './graph-links.ts';
import { type GraphEdge, graphOutputs } from './graph-values.ts';
import { isMLOperator, isOnnxOperator } from './node-attributes.ts';
import { givesDecisionValues, probabilityColumns } from './probability-outputs.ts';
import { type ZipMapOutput, zipMapClasses } from './rewrite/remove-zipmap.ts';
import { origin, originName, scoresBehind } from './value-origin.ts';
import { variableRole } from './variable-role.ts';

/** Which output answers which question, by name; and what the answers mean. */
export interface GraphRoles {
  /** Class or cluster of a row. */
  readonly label?: string;
  /** One output `[rows, classes]`, or one per class. */
  readonly probabilities?: string | readonly string[];
  /** Decision function. */
  readonly scores?: string;
  /** Predicted value or values of a regressor. */
  readonly value?: string;
  /** Transformed features. */
  readonly transform?: string;
  /** In the order of the probability columns; `undefined` where the graph does not say. */
  readonly classes: readonly Label[] | undefined;
  readonly task: Task;
}

/** The roles before the task is known. */
type Outputs = Omit<GraphRoles, 'classes' | 'task'>;

/** What every step looks at. */
interface Graph {
  readonly links: GraphLinks;
  readonly outputs: readonly GraphEdge[];
}

/**
 * Reads the roles of a graph's outputs off its operators, and off the names that skl2onnx gives
 * where the operators leave it open. Only tensors have roles, and maps that a ZipMap makes of one.
 *
 * @param maps what `removeZipMap` took out, for classes that only a ZipMap had
 */
export function graphRoles(model: OnnxModel, maps: readonly ZipMapOutput[] = []): GraphRoles {
  if (model.graph === undefined) return { classes: undefined, task: 'unknown' };
  const graph: Graph = { links: new GraphLinks(model.graph), outputs: graphOutputs(model) };
  const label = labelOutput(graph);
  const { links } = graph;
  const probabilities = probabilityOutput(graph, label, maps);
  const classes = classesOf(graph, { label, probabilities, maps });
  const labelNode = label === undefined ? undefined : origin(label.name, links);
  const clusters = labelNode !== undefined && isOnnxOperator(labelNode, 'ArgMin');
  const taken = new Set([label?.name, ...[probabilities ?? []].flat()]);
  const free = graph.outputs.filter((output) => isNumeric(output) && !taken.has(output.name));

  const raw = typeof probabilities === 'string' && givesDecisionValues(probabilities, links);
  const scores = raw ? probabilities : free.find((output) => output.name === 'scores')?.name;
  const outputs: Outputs = {
    ...(label === undefined ? {} : { label: label.name }),
    ...(probabilities === undefined || raw ? {} : { probabilities }),
    // A clustering's scores are the distances to the centres: scikit-learn's `transform`.
    ...(scores === undefined ? {} : clusters ? { transform: scores } : { scores }),
    ...(label === undefined && probabilities === undefined ? variableRole(free, links) : {}),
  };
  return {
    ...outputs,
    classes,
    task: taskOf(outputs, { classes, clusters, label, width: classCount(probabilities, graph.outputs) }),
  };
}

const LABEL_TYPES: ReadonlySet<DType | undefined> = new Set<DType>(['int64', 'int32', 'string', 'bool']);
const LABEL_NAMES: ReadonlySet<string> = new Set(['label', 'output_label']);

function labelOutput({ outputs, links }: Graph): GraphEdge | undefined {
  const candidates = outputs.filter((output) => output.kind === 'tensor' && LABEL_TYPES.has(output.dtype));
  const picksClass = ({ name }: GraphEdge): boolean => {
    const node = origin(name, links);
    if (node === undefined) return false;
    if (isClassifier(node)) return node.outputs[0] === originName(name, links);
    return (
      isMLOperator(node, 'ArrayFeatureExtractor') || isOnnxOperator(node, 'ArgMax') || isOnnxOperator(node, 'ArgMin')
    );
  };
  return candidates.find(({ name }) => LABEL_NAMES.has(name)) ?? candidates.find(picksClass);
}

const PROBABILITY_NAMES: ReadonlySet<string> = new Set(['probabilities', 'output_probability']);

function probabilityOutput(
  { outputs, links }: Graph,
  label: GraphEdge | undefined,
  maps: readonly ZipMapOutput[],
): GraphRoles['probabilities'] {
  const removed = new Set(maps.map((map) => map.output));
  const mapped = outputs.find(({ name }) => removed.has(name) || isZipMapAt(name, links));
  if (mapped !== undefined) return mapped.name;
  const numeric = outputs.filter((output) => isNumeric(output) && output !== label);
  const found =
    numeric.find(({ name }) => PROBABILITY_NAMES.has(name)) ??
    numeric.find(({ name, shape }) => shape?.length === 2 && comesFromScores(name, links));
  if (found !== undefined) return found.name;
  return label === undefined ? undefined : probabilityColumns(numeric, links);
}

/** Whether a value is the second output of a classifier, or a Softmax over the columns. */
function comesFromScores(name: string, links: GraphLinks): boolean {
  const node = origin(name, links);
  if (node !== undefined && isOnnxOperator(node, 'Softmax')) return true;
  const scores = scoresBehind(name, links).name;
  const classifier = links.producer(scores);
  return classifier !== undefined && isClassifier(classifier) && classifier.outputs[1] === scores;
}

function isZipMapAt(name: string, links: GraphLinks): boolean {
  const node = links.producer(name);
  return node !== undefined && isMLOperator(node, 'ZipMap');
}

function isNumeric(output: GraphEdge): boolean {
  const { kind, dtype } = output;
  return kind === 'tensor' && dtype !== undefined && dtype !== 'string' && dtype !== 'bool';
}

interface Known {
  readonly label: GraphEdge | undefined;
  readonly probabilities: GraphRoles['probabilities'];
  readonly maps: readonly ZipMapOutput[];
}

function classesOf({ links, outputs }: Graph, { label, probabilities, maps }: Known): readonly Label[] | undefined {
  const named = label === undefined ? undefined : labelsOf(label.name, links);
  if (named !== undefined) return named;
  if (typeof probabilities !== 'string') return undefined;
  const node = links.producer(probabilities);
  const map = maps.find(({ output }) => output === probabilities)?.classes;
  const keys = map ?? (node !== undefined && isMLOperator(node, 'ZipMap') ? zipMapClasses(node) : undefined);
  if (keys !== undefined) return keys.map(toLabel);
  const behind = links.producer(scoresBehind(probabilities, links).name);
  if (behind !== undefined && isClassifier(behind)) return classifierLabels(behind);
  // A label that is the position of the largest probability.
  const position = label === undefined ? undefined : origin(label.name, links);
  const width = outputs.find(({ name }) => name === probabilities)?.shape?.[1];
  if (position === undefined || !isOnnxOperator(position, 'ArgMax') || typeof width !== 'number') return undefined;
  return width <= MAX_CLASSES ? Array.from({ length: width }, (_, i) => i) : undefined;
}

/** A declared width costs nothing; a list of classes does. */
const MAX_CLASSES = 100_000;

interface TaskFacts {
  readonly classes: readonly Label[] | undefined;
  readonly clusters: boolean;
  readonly label: GraphEdge | undefined;
  /** Columns of the probabilities, where the graph says so. */
  readonly width: number | undefined;
}

/** One column of probabilities is that of the second of two classes. */
function classCount(probabilities: GraphRoles['probabilities'], outputs: readonly GraphEdge[]): number | undefined {
  if (probabilities === undefined) return undefined;
  if (typeof probabilities !== 'string') return probabilities.length;
  const width = outputs.find(({ name }) => name === probabilities)?.shape?.[1];
  return typeof width === 'number' ? Math.max(width, 2) : undefined;
}

function taskOf(outputs: Outputs, { classes, clusters, label, width }: TaskFacts): Task {
  if (label !== undefined || outputs.probabilities !== undefined) {
    const columns = label?.shape?.[1];
    if (typeof columns === 'number' && columns > 1) return 'multilabel-classification';
    if (clusters) return 'clustering';
    const count = classes?.length ?? width;
    if (count !== undefined) return count === 2 ? 'binary-classification' : 'multiclass-classification';
    return outputs.scores !== undefined && outputs.probabilities === undefined ? 'outlier-detection' : 'unknown';
  }
  if (outputs.value !== undefined) return 'regression';
  return outputs.transform === undefined ? 'unknown' : 'transformation';
}
