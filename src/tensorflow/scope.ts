import { FormatError } from '../errors/format-error.ts';
import type { NodeDef } from '../formats/tensorflow-proto/graph-def.ts';
import type { GraphBuilder } from '../onnx/builder/graph-builder.ts';
import { dataInputs, type GraphBody } from './graph-body.ts';
import { LoopFrames } from './loop-frames.ts';
import { OpCall } from './op-call.ts';
import { mergeInputs } from './switches.ts';
import type { Translation } from './translation.ts';
import { type TfUnknown, type TfValue, UNKNOWN } from './tf-value.ts';

/** Results of a node; all of them unknown where the node could not be translated. */
export type NodeResults = readonly TfValue[] | TfUnknown;

/** Where a scope stands. */
export interface ScopePlace {
  readonly translation: Translation;
  readonly body: GraphBody;
  /** The graph that nodes are written into. */
  readonly g: GraphBuilder;
  readonly args: readonly TfValue[];
  /** Results of nodes that are known already. */
  readonly seeds?: ReadonlyMap<string, NodeResults>;
  readonly frames?: LoopFrames;
  readonly depth: number;
}

/** One evaluation of a graph's or function's nodes: only what is asked for is translated, each node once. */
export class Scope {
  readonly translation: Translation;
  readonly body: GraphBody;
  readonly g: GraphBuilder;
  readonly frames: LoopFrames;
  readonly depth: number;
  /** Results of loops that have run, by frame. */
  readonly loops: Map<string, readonly TfValue[]> = new Map<string, readonly TfValue[]>();
  readonly #args: readonly TfValue[];
  readonly #results: Map<string, NodeResults>;

  constructor({ translation, body, g, args, seeds, frames, depth }: ScopePlace) {
    this.translation = translation;
    this.body = body;
    this.g = g;
    this.depth = depth;
    this.frames = frames ?? new LoopFrames(body, translation.context);
    this.#args = args;
    this.#results = new Map(seeds);
  }

  /** Values of edges; what they need is translated first, without recursion. */
  evaluate(refs: readonly string[]): readonly TfValue[] {
    const open = new Set<string>();
    const stack = this.#nodesOf(refs).toReversed();
    while (stack.length > 0) {
      const node = stack.at(-1) as NodeDef;
      if (this.#results.has(node.name)) {
        stack.pop();
        continue;
      }
      const refsOfNode = this.#reads(node);
      const missing = this.#nodesOf(refsOfNode).filter(({ name }) => !this.#results.has(name));
      if (missing.length === 0) {
        stack.pop();
        this.#results.set(node.name, this.#run(node, refsOfNode));
        continue;
      }
      // Nodes whose inputs are being translated lie on one path: each needs the next.
      open.add(node.name);
      const circle = missing.find(({ name }) => open.has(name));
      if (circle !== undefined) {
        throw new FormatError('ML_FORMAT_MALFORMED', `node ${JSON.stringify(circle.name)} needs its own result`);
      }
      stack.push(...missing.toReversed());
    }
    return refs.map((ref) => this.#value(ref));
  }

  /** A scope over a function, its arguments given. */
  function(name: string, args: readonly TfValue[], g: GraphBuilder = this.g): readonly TfValue[] {
    const { definition, body } = this.translation.body(name);
    const scope = new Scope({
      translation: this.translation,
      body,
      g,
      args,
      depth: this.translation.deeper(this.depth),
    });
    return scope.evaluate(
      definition.outputs.map((output) => {
        const ref = definition.ret.get(output.name);
        if (ref !== undefined) return ref;
        throw new FormatError(
          'ML_FORMAT_MALFORMED',
          `function ${JSON.stringify(name)} does not say its ${output.name}`,
        );
      }),
    );
  }

  /** A scope over the same nodes, some of which are known: a loop's body. */
  within(seeds: ReadonlyMap<string, NodeResults>, g: GraphBuilder): Scope {
    return new Scope({
      translation: this.translation,
      body: this.body,
      g,
      args: this.#args,
      seeds,
      frames: this.frames,
      depth: this.translation.deeper(this.depth),
    });
  }

  #nodesOf(refs: readonly string[]): NodeDef[] {
    return refs.flatMap((ref) => this.body.resolve(ref).node ?? []);
  }

  /** The edges that the results of a node depend on. */
  #reads(node: NodeDef): readonly string[] {
    if (node.op === 'Exit') return this.frames.ofExit(node).inputs;
    if (node.op === 'Merge') return mergeInputs(node, this.body, this.translation);
    return dataInputs(node);
  }

  #value(ref: string): TfValue {
    const { node, index } = this.body.resolve(ref);
    if (node === undefined) return this.#args[index] ?? UNKNOWN;
    const results = this.#results.get(node.name) ?? UNKNOWN;
    if ('kind' in results) return results;
    const value = results[index];
    if (value !== undefined) return value;
    throw new FormatError(
      'ML_FORMAT_MALFORMED',
      `${JSON.stringify(ref)} asks for a result that node ${JSON.stringify(node.name)} (${node.op}) does not have`,
    );
  }

  #run(node: NodeDef, refs: readonly string[]): NodeResults {
    const { translation } = this;
    translation.spend();
    const inputs = refs.map((ref) => this.#value(ref));
    try {
      const control = translation.control.get(node.op);
      const operator = control ?? translation.operators.get(node.op);
      if (operator === undefined) return this.#unlisted(node, inputs);
      if (control === undefined && inputs.some((input) => input.kind === 'unknown')) return UNKNOWN;
      const call = new OpCall(node, inputs, this);
      if (control === undefined && !translation.moving.has(node.op) && inputs.some(isHalf)) {
        throw call.unsupported(
          'computes in half precision, which the runtime rounds less often than TensorFlow; export the model in float32',
        );
      }
      const result = operator(call);
      return 'kind' in result ? [result] : result;
    } catch (error) {
      if (!(error instanceof FormatError) || error.code !== 'ML_FORMAT_UNSUPPORTED') throw error;
      translation.report({ operator: node.op, node: node.name, problem: error.message });
      return UNKNOWN;
    }
  }

  /** An operator that no table has: a handle, a function of the library called by its name, or an obstacle. */
  #unlisted(node: NodeDef, inputs: readonly TfValue[]): NodeResults {
    const { translation } = this;
    if (inputs.length === 0) {
      const resource = translation.resources(node);
      if (resource !== undefined) return [resource];
    }
    if (translation.functions.has(node.op)) return this.function(node.op, inputs);
    translation.report({ operator: node.op, node: node.name, problem: undefined });
    return UNKNOWN;
  }
}

function isHalf(value: TfValue): boolean {
  return value.kind === 'tensor' && /^b?float16$/.test(value.dtype);
}
