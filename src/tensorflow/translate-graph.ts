import { FormatError } from '../errors/format-error.ts';
import type { FunctionDef, NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../formats/tensorflow-proto/proto-context.ts';
import { type BuiltGraph, type Extent, GraphBuilder } from '../onnx/builder/graph-builder.ts';
import type { Limits } from '../spec/limits.ts';
import type { DType } from '../spec/tensor.ts';
import { MUTATING_OPERATORS } from './dangerous-operators.ts';
import type { GraphBody } from './graph-body.ts';
import { ALL_OPERATORS, MOVING_OPERATORS } from './operators/all-operators.ts';
import { cast } from './operators/cast.ts';
import { controlOperators } from './operators/control.ts';
import { type NodeResults, Scope } from './scope.ts';
import { TfTensor } from './tf-tensor.ts';
import type { TfValue } from './tf-value.ts';
import { type Obstacle, Translation } from './translation.ts';
import { walkGraph } from './walk-graph.ts';

/** A tensor that callers give. */
export interface GraphInput {
  /** What callers call it. */
  readonly name: string;
  readonly node: string;
  readonly dtype: DType;
  /** `null` where any extent is allowed. */
  readonly shape: readonly (number | null)[] | undefined;
}

/** A tensor that callers get. */
export interface GraphOutput {
  readonly name: string;
  /** `node:index`. */
  readonly ref: string;
}

/** A graph of TensorFlow, and the part of it that is wanted. */
export interface GraphSource {
  readonly body: GraphBody;
  readonly functions: ReadonlyMap<string, FunctionDef>;
  readonly context: ProtoContext;
  readonly limits: Limits;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  /** The variable or table that a node without inputs stands for. */
  readonly resources: (node: NodeDef, g: GraphBuilder) => TfValue | undefined;
}

/** The same graph in ONNX, or what stands in the way. */
export type TranslatedGraph =
  | { readonly built: BuiltGraph; readonly obstacles: readonly never[] }
  | { readonly built: undefined; readonly obstacles: readonly Obstacle[] };

/**
 * Writes the wanted part of a graph as ONNX. Functions are inlined, what depends only on constants
 * and shapes is computed now; nothing of the graph is run.
 *
 * @throws `ML_FORMAT_MALFORMED` where the graph contradicts itself, `ML_FORMAT_LIMIT`
 */
export function translateGraph(source: GraphSource): TranslatedGraph {
  const { body, functions, context, limits, inputs, outputs } = source;
  const g = new GraphBuilder();
  const seeds = new Map<string, NodeResults>();
  for (const input of inputs) {
    const { name, node, dtype } = input;
    seeds.set(node, [TfTensor.of(g.input(name, { dtype, shape: namedShape(input, inputs.length === 1) }))]);
  }
  const translation = new Translation({
    functions,
    context,
    limits,
    operators: ALL_OPERATORS,
    moving: MOVING_OPERATORS,
    control: new Map(Object.entries(controlOperators)),
    resources: (node) => {
      if (node.op !== 'Placeholder') return source.resources(node, g);
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `the placeholder ${JSON.stringify(node.name)} is needed, but is no input of the model`,
      );
    },
    cast,
    fed: new Set(inputs.map(({ node }) => node)),
  });
  reportChanges(translation, source);
  const scope = new Scope({ translation, body, g, args: [], seeds, depth: 0 });
  const values = evaluated(scope, outputs);
  if (translation.obstacles.length > 0) return { built: undefined, obstacles: translation.obstacles };
  values.forEach((value, i) => {
    const { name, ref } = outputs[i] as GraphOutput;
    if (value.kind !== 'tensor')
      throw new FormatError(
        'ML_FORMAT_UNSUPPORTED',
        `the output ${JSON.stringify(ref)} is no tensor but a ${value.kind}`,
      );
    g.output(value.value, name);
  });
  return { built: g.finish('tensorflow'), obstacles: [] };
}

/** Open extents get names of their own; the first one of a model's only input is the batch. */
export function namedShape({ name, shape }: GraphInput, only: boolean): readonly Extent[] | undefined {
  return shape?.map((extent, i) => extent ?? (only && i === 0 ? 'batch' : `${name}_${i}`));
}

/** A model that keeps something from one call to the next would answer differently here. */
function reportChanges(translation: Translation, { body, functions, context, outputs }: GraphSource): void {
  const roots = outputs.map(({ ref }) => ref);
  for (const { node } of walkGraph({ body, functions, context, roots, wholeFunctions: false })) {
    if (!MUTATING_OPERATORS.has(node.op)) continue;
    const problem = `${node.op} (node ${JSON.stringify(node.name)}) changes a variable with each call (a stateful layer, or one in training mode)`;
    translation.report({ operator: node.op, node: node.name, problem });
  }
}

function evaluated(scope: Scope, outputs: readonly GraphOutput[]): readonly TfValue[] {
  try {
    return scope.evaluate(outputs.map(({ ref }) => ref));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Nesting is bounded by name; what remains is a stack that was nearly used up by the caller.
    throw new FormatError('ML_FORMAT_LIMIT', 'the graph is nested too deep to be translated', { cause: error });
  }
}
