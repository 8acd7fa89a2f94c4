import { FormatError } from '../../errors/format-error.ts';
import type { NodeDef } from '../../formats/tensorflow-proto/graph-def.ts';
import type { ProtoContext } from '../../formats/tensorflow-proto/proto-context.ts';
import { Attributes } from '../attributes.ts';
import { dataInputs, type GraphBody } from '../graph-body.ts';
import { fromTfShape } from '../shapes.ts';
import type { GraphInput, GraphOutput } from '../translate-graph.ts';
import { nodeName } from '../walk-graph.ts';

/** Operators that end a way without being a result of the model. */
const NO_RESULT =
  /^(NoOp|Const|Placeholder|PlaceholderWithDefault|Assert|PrintV2|Switch|Merge|Enter|Exit|NextIteration|LoopCond|VarHandleOp|Variable(V2)?|Assign\w*|Save\w*|Restore\w*|.*Summary)$/;

/** Nodes that are named as the ends of a graph; what is left out is found. */
export interface GraphEndNames {
  readonly inputs?: readonly string[] | undefined;
  readonly outputs?: readonly string[] | undefined;
}

/** What a caller gives to a frozen graph and gets from it. */
export interface FrozenEnds {
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
}

/**
 * Inputs and outputs of a graph without signatures: its placeholders, and the results that no other node reads.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` where there are none, or the nodes named do not exist
 */
export function frozenEnds(body: GraphBody, context: ProtoContext, options: GraphEndNames): FrozenEnds {
  const outputs =
    options.outputs === undefined ? sinks(body) : options.outputs.map((name) => output(named(body, name), name));
  if (outputs.length === 0) {
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      'the graph has no node whose result nobody reads; name its outputs with loaderOptions.tensorflow.outputs',
    );
  }
  const needed = ancestors(
    body,
    outputs.map(({ ref }) => ref),
    new Set(options.inputs?.map((name) => named(body, name).name)),
  );
  const nodes =
    options.inputs?.map((name) => named(body, name)) ??
    [...body.nodes.values()].filter((node) => node.op === 'Placeholder' && needed.has(node.name));
  return { inputs: nodes.map((node) => input(node, context)), outputs };
}

/**
 * Results that nothing reads; of those only the ones that depend on a placeholder, if any do. What is
 * computed in each turn of a loop is no result: what leaves a loop does so by an `Exit`.
 */
function sinks(body: GraphBody): readonly GraphOutput[] {
  const readers = new Map<string, NodeDef[]>();
  for (const node of body.nodes.values()) {
    for (const ref of dataInputs(node)) {
      const name = nodeName(ref);
      const known = readers.get(name);
      if (known === undefined) readers.set(name, [node]);
      else known.push(node);
    }
  }
  const from = (ops: RegExp, stop?: string): ReadonlySet<string> => dependants(body, { readers, ops, stop });
  const turning = from(/^Enter$/, 'Exit');
  const ends = [...body.nodes.values()].filter(
    (node) => !readers.has(node.name) && !NO_RESULT.test(node.op) && !turning.has(node.name),
  );
  const fed = from(/^Placeholder$/);
  const wanted = ends.filter((node) => fed.has(node.name));
  return (wanted.length > 0 ? wanted : ends).map((node) => output(node, node.name));
}

/** Everything that depends on nodes of some operators, not looking past those of another one. */
function dependants(
  body: GraphBody,
  {
    readers,
    ops,
    stop,
  }: {
    readonly readers: ReadonlyMap<string, readonly NodeDef[]>;
    readonly ops: RegExp;
    readonly stop: string | undefined;
  },
): ReadonlySet<string> {
  const seen = new Set<string>();
  const stack = [...body.nodes.values()].filter(({ op }) => ops.test(op));
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node.name) || node.op === stop) continue;
    seen.add(node.name);
    stack.push(...(readers.get(node.name) ?? []));
  }
  return seen;
}

/** Everything that the given edges depend on. */
function ancestors(body: GraphBody, refs: readonly string[], stop: ReadonlySet<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const stack = refs.map(nodeName);
  while (stack.length > 0) {
    const name = stack.pop() as string;
    const node = body.nodes.get(name);
    if (seen.has(name) || node === undefined) continue;
    seen.add(name);
    if (!stop.has(name)) stack.push(...dataInputs(node).map(nodeName));
  }
  return seen;
}

function named(body: GraphBody, name: string): NodeDef {
  const node = body.nodes.get(nodeName(name));
  if (node !== undefined) return node;
  throw new FormatError(
    'ML_FORMAT_UNSUPPORTED',
    `the graph has no node ${JSON.stringify(name)}, which loaderOptions.tensorflow or the metadata names`,
  );
}

/** The first result of a node goes by the node's name, another one by `node:1`. */
function output(node: NodeDef, name: string): GraphOutput {
  const index = name.split(':')[1] ?? '0';
  return { name: index === '0' ? node.name : name, ref: `${node.name}:${index}` };
}

function input(node: NodeDef, context: ProtoContext): GraphInput {
  const attrs = new Attributes(node, context);
  const dtype = attrs.dtype('dtype') ?? attrs.dtype('T');
  if (dtype === undefined)
    throw new FormatError(
      'ML_FORMAT_UNSUPPORTED',
      `the input ${JSON.stringify(node.name)} is a handle (of a table or variable), which a frozen graph cannot hold; save a SavedModel`,
    );
  return { name: node.name, node: node.name, dtype, shape: shapeOf(attrs) };
}

/** TensorFlow before 1.5 wrote an unknown shape as one without dimensions. */
function shapeOf(attrs: Attributes): GraphInput['shape'] {
  return attrs.has('shape') ? (fromTfShape(attrs.shape('shape')) as GraphInput['shape']) : undefined;
}
