import type { BuiltGraph } from '../../onnx/builder/graph-builder.ts';
import type { GraphRoles } from '../../onnx/graph-roles.ts';
import { graphOutputs } from '../../onnx/graph-values.ts';
import type { ModelMetadata } from '../../spec/metadata.ts';
import type { Task } from '../../spec/model.ts';

/** Nodes that hand a value on. */
const PASSING = new Set(['Identity', 'Cast', 'Reshape']);

/**
 * What a network answers, as far as its last operator tells: a softmax or sigmoid of a model whose
 * classes the metadata names are probabilities; without names, `predict` gives what the network gives.
 */
export function outputMeaning({ model }: BuiltGraph, metadata: ModelMetadata | undefined): GraphRoles {
  const outputs = graphOutputs(model);
  const [only] = outputs;
  const classes = metadata?.classes;
  if (only === undefined || outputs.length !== 1) return { classes: undefined, task: 'unknown' };
  const last = producer(model, only.name);
  const width = only.shape?.length === 2 ? only.shape[1] : undefined;
  const probable = (last === 'Softmax' && width !== 1) || last === 'Sigmoid';
  if (!probable) return { classes: undefined, task: 'unknown' };
  const named = classes !== undefined && (width === classes.length || (width === 1 && classes.length === 2));
  const task: Task = taskOf(last === 'Softmax', width);
  return {
    classes: undefined,
    task,
    ...(named && task !== 'multilabel-classification' ? { probabilities: only.name } : {}),
  };
}

function taskOf(softmax: boolean, width: number | string | null | undefined): Task {
  if (softmax) return width === 2 ? 'binary-classification' : 'multiclass-classification';
  return width === 1 || width === undefined ? 'binary-classification' : 'multilabel-classification';
}

function producer(model: BuiltGraph['model'], output: string): string | undefined {
  const byOutput = new Map(model.graph?.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  let node = byOutput.get(output);
  for (let steps = 0; node !== undefined && PASSING.has(node.opType) && steps < 8; steps++) {
    node = byOutput.get(node.inputs[0] ?? '');
  }
  return node?.opType;
}
