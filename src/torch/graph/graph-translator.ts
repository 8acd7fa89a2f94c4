import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { DType } from '../../spec/tensor.ts';
import { bindCall, type Passed } from '../operators/bind.ts';
import { Call } from '../operators/call.ts';
import { cast } from '../operators/emit/arithmetic.ts';
import type { Outcome } from '../operators/operator.ts';
import { OPERATORS } from '../operators/operator-table.ts';
import { UnsupportedCall } from '../operators/unsupported.ts';
import type { AtenArgument, AtenNode, AtenResult } from './aten-graph.ts';
import { list, type Operand, tensor, tensors } from './operand.ts';
import { isWrite } from './view-kinds.ts';

/** One call that cannot be written. */
export interface UnsupportedNode {
  /** As users know it, e.g. `aten::fft_fft`. */
  readonly operator: string;
  readonly reason: string;
  readonly place: string;
}

/**
 * Writes a program node by node. Whoever decides branches while reading (TorchScript) asks
 * `operand` for what is known of a value so far.
 */
export class GraphTranslator {
  /** Every call that could not be written so far; the graph is of no use if there is one. */
  readonly unsupported: UnsupportedNode[] = [];
  readonly #g: GraphBuilder;
  readonly #values = new Map<string, Operand>();
  /** Results of calls that failed: what uses them is not tried. */
  readonly #lost = new Set<string>();

  constructor(g: GraphBuilder) {
    this.#g = g;
  }

  /** Gives a name to an input, a weight or anything else that was not made by `run`. */
  define(name: string, operand: Operand): void {
    this.#values.set(name, operand);
  }

  /** Whether a name has a value. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** What an argument is now; `undefined` where it comes from a call that failed. */
  operand(argument: AtenArgument): Operand | undefined {
    if (argument.kind === 'list') {
      const items = argument.items.map((item) => this.operand(item));
      return items.includes(undefined) ? undefined : list(items as Operand[]);
    }
    if (argument.kind !== 'value') return argument;
    const value = this.#values.get(argument.name);
    if (value === undefined && !this.#lost.has(argument.name)) {
      throw new UnsupportedCall(`value ${JSON.stringify(argument.name)} is used but not defined`);
    }
    return value;
  }

  /** Writes one call; one that cannot be written is added to `unsupported`. */
  run(node: AtenNode): void {
    try {
      const outcome = this.#translate(node);
      if (outcome === undefined) this.#lose(node.outputs);
      else this.#assign(node, toOperand(outcome));
    } catch (error) {
      if (!(error instanceof UnsupportedCall)) throw error;
      this.unsupported.push({ operator: node.target, reason: error.message, place: node.place });
      this.#lose(node.outputs);
    }
  }

  #translate(node: AtenNode): Outcome | undefined {
    const entry = OPERATORS.get(node.target);
    if (entry === undefined) throw new UnsupportedCall('not supported');
    if ('refused' in entry) throw new UnsupportedCall(entry.refused);
    const positional = node.positional.map((argument) => this.operand(argument));
    const named = Array.from(node.named, ([name, argument]) => [name, this.operand(argument)] as const);
    if (positional.includes(undefined) || named.some(([, operand]) => operand === undefined)) return undefined;
    const passed = {
      positional: positional as Operand[],
      named: new Map(named as (readonly [string, Operand])[]),
    };
    const narrow = halfOf(node, [...passed.positional, ...passed.named.values()]);
    const wide = narrow ? this.#widen(passed) : passed;
    const binding = bindCall(entry.signatures, node.overload, wide);
    if (typeof binding === 'string') throw new UnsupportedCall(binding);
    const outcome = entry.translate(new Call(this.#g, node, binding));
    return isWrite(node) ? this.#asWritten(outcome, wide) : outcome;
  }

  /** What is written into a tensor takes on its element type. */
  #asWritten(outcome: Outcome, { positional, named }: Passed): Outcome {
    const self = named.get('self') ?? positional[0];
    if (self?.kind !== 'tensor' || !('name' in outcome)) return outcome;
    return { ...cast(this.#g, outcome, self.value.dtype), shape: self.value.shape ?? outcome.shape };
  }

  /** Half-precision kernels compute in float32 and round the result, here and in PyTorch. */
  #widen({ positional, named }: { positional: Operand[]; named: Map<string, Operand> }): {
    positional: Operand[];
    named: Map<string, Operand>;
  } {
    const widen = (operand: Operand): Operand => {
      if (operand.kind === 'list') return list(operand.items.map(widen));
      return operand.kind === 'tensor' && isHalf(operand.value.dtype)
        ? tensor(cast(this.#g, operand.value, 'float32'))
        : operand;
    };
    return {
      positional: positional.map(widen),
      named: new Map(Array.from(named, ([name, operand]) => [name, widen(operand)])),
    };
  }

  #lose(results: readonly AtenResult[]): void {
    for (const { name, elements } of results) {
      this.#lost.add(name);
      if (elements !== undefined) this.#lose(elements);
    }
  }

  #assign(node: AtenNode, operand: Operand): void {
    const { outputs } = node;
    const [only] = outputs;
    if (outputs.length === 1 && only !== undefined) {
      const { elements } = only;
      if (elements === undefined) this.#define(only, operand);
      else this.#spread(elements, operand);
    } else if (outputs.length > 1) this.#spread(outputs, operand);
  }

  #spread(results: readonly AtenResult[], operand: Operand): void {
    if (operand.kind !== 'list' || operand.items.length < results.length) {
      const got = operand.kind === 'list' ? operand.items.length : 'one';
      throw new UnsupportedCall(`has ${results.length} results, the translation gives ${got}`);
    }
    for (const [i, result] of results.entries()) {
      const item = operand.items[i] as Operand;
      if (result.elements === undefined) this.#define(result, item);
      else this.#spread(result.elements, item);
    }
  }

  #define(result: AtenResult, operand: Operand): void {
    if (result.name === '') return;
    this.#values.set(result.name, this.#known(result, operand));
  }

  #known(result: AtenResult, operand: Operand): Operand {
    if (operand.kind === 'tensor') return tensor(this.#refine(result, operand.value));
    return operand.kind === 'number' && result.symbol !== undefined ? { ...operand, symbol: result.symbol } : operand;
  }

  /** What the file says of a result, and what the translator knows, must not contradict each other. */
  #refine({ dtype, shape }: AtenResult, computed: Value): Value {
    const value = dtype !== undefined && isHalf(dtype) ? cast(this.#g, computed, dtype) : computed;
    if (dtype !== undefined && dtype !== value.dtype) {
      throw new UnsupportedCall(`gives ${value.dtype}, the file says ${dtype}`);
    }
    if (shape === undefined) return value;
    const { shape: own } = value;
    const differs = own?.some((extent, i) => {
      const stated = shape[i];
      return typeof extent === 'number' && typeof stated === 'number' && extent !== stated;
    });
    if (own !== undefined && (own.length !== shape.length || differs === true)) {
      throw new UnsupportedCall(`gives shape [${own.join(', ')}], the file says [${shape.join(', ')}]`);
    }
    return { ...value, shape: shape.map((extent, i) => extent ?? own?.[i] ?? null) };
  }
}

function isHalf(dtype: DType): boolean {
  return dtype === 'float16' || dtype === 'bfloat16';
}

/** Whether a call computes in half precision, where the file says the type of its results. */
function halfOf(node: AtenNode, operands: readonly Operand[]): boolean {
  const half = (operand: Operand): boolean =>
    operand.kind === 'list' ? operand.items.some(half) : operand.kind === 'tensor' && isHalf(operand.value.dtype);
  if (!operands.some(half)) return false;
  const stated = (result: AtenResult): boolean =>
    result.elements === undefined ? result.dtype !== undefined : result.elements.every(stated);
  if (!node.outputs.every(stated))
    throw new UnsupportedCall('half precision, and the file does not say which results are');
  return true;
}

function toOperand(outcome: Outcome): Operand {
  if ('kind' in outcome) return outcome;
  return 'name' in outcome ? tensor(outcome) : tensors(outcome);
}
