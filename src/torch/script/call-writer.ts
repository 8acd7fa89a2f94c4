import type { GraphBuilder, Value } from '../../onnx/builder/graph-builder.ts';
import type { AtenArgument } from '../graph/aten-graph.ts';
import type { GraphTranslator } from '../graph/graph-translator.ts';
import { list as operandList, NONE, type Operand, tensor } from '../graph/operand.ts';
import { cast } from '../operators/emit/arithmetic.ts';
import { broadcastTo } from '../operators/emit/broadcast-to.ts';
import type { CodePlace } from '../../formats/torchscript/code-problem.ts';
import { cannotWrite } from './script-problem.ts';
import { list, LOST, type ScriptValue } from './script-value.ts';
import { computeNumbers, operatorOn } from './tensor-numbers.ts';
import { TensorBox } from './tensor-box.ts';
import { viewOf } from './views.ts';

/** The arguments of a call. */
export interface Passed {
  readonly positional: readonly ScriptValue[];
  readonly named: ReadonlyMap<string, ScriptValue>;
  /** Which of several results are used; default all. */
  readonly wanted?: readonly boolean[] | undefined;
}

/** Writes the program's calls of operators into the graph, and keeps what they do to tensors in place. */
export class CallWriter {
  readonly g: GraphBuilder;
  readonly #translator: GraphTranslator;
  #names = 0;

  constructor(g: GraphBuilder, translator: GraphTranslator) {
    this.g = g;
    this.#translator = translator;
  }

  /**
   * One call.
   *
   * @param given namespace and operator, e.g. `aten::add_`
   */
  write(given: string, passed: Passed, place: CodePlace): ScriptValue {
    const target = operatorOn(given, passed);
    const number = computeNumbers(this.g, target, passed);
    if (number !== undefined) return number;
    const [self] = passed.positional;
    if (/[^_]_$/.test(target) && self?.kind === 'box') return this.#writeInPlace(self.box, target, passed, place);
    const outcome = this.#translate(target, passed, place);
    if (outcome === undefined) return LOST;
    if (self?.kind === 'box' && outcome.kind === 'tensor') {
      const view = viewOf(target, self.box, passed, {
        made: outcome.value,
        take: () => this.#again(target, passed, place),
        put: (operator, given) => this.#again(operator, given, place),
        g: this.g,
      });
      return { kind: 'box', box: new TensorBox(outcome.value, view) };
    }
    return this.#wrap(outcome, (index) =>
      self?.kind === 'box' && /^aten::(?:chunk|split|unbind|tensor_split|split_with_sizes)$/.test(target)
        ? { base: self.box, take: () => this.#again(target, passed, place, index), put: undefined }
        : undefined,
    );
  }

  /** A tensor of the graph as a value of the program. */
  box(value: Value, number?: Operand): ScriptValue {
    return { kind: 'box', box: new TensorBox(value, undefined, number) };
  }

  /** The value of a call that was written before, with what its tensors hold now. */
  #again(target: string, passed: Passed, place: CodePlace, index?: number): Value {
    const outcome = this.#translate(target, passed, place);
    const item = index !== undefined && outcome?.kind === 'list' ? outcome.items[index] : outcome;
    if (item?.kind !== 'tensor') throw cannotWrite(place, `a view made by ${target} cannot be followed`);
    return item.value;
  }

  #writeInPlace(box: TensorBox, target: string, passed: Passed, place: CodePlace): ScriptValue {
    const before = box.value;
    const outcome = this.#inPlaceValue(before, target, passed, place);
    if (outcome === undefined) return LOST;
    // The tensor keeps its element type and its shape, whatever it is combined with.
    const value = { ...cast(this.g, outcome, before.dtype), shape: before.shape ?? outcome.shape };
    if (!box.write(value)) throw cannotWrite(place, `${target} writes into a view that cannot be written back`);
    return { kind: 'box', box };
  }

  #inPlaceValue(before: Value, target: string, passed: Passed, place: CodePlace): Value | undefined {
    const [, source] = passed.positional;
    if (target === 'aten::copy_' && source?.kind === 'box') {
      return broadcastTo(this.g, cast(this.g, source.box.value, before.dtype), before);
    }
    const outcome = this.#translate(target.slice(0, -1), passed, place);
    return outcome?.kind === 'tensor' ? outcome.value : undefined;
  }

  /** `undefined` where the call cannot be written, which the translator keeps for the message. */
  #translate(target: string, { positional, named, wanted }: Passed, place: CodePlace): Operand | undefined {
    const operands = positional.map((value) => this.operand(value, place));
    const keyed = Array.from(named, ([name, value]) => [name, this.operand(value, place)] as const);
    if (operands.includes(undefined) || keyed.some(([, operand]) => operand === undefined)) return undefined;
    const name = this.#name();
    this.#translator.run({
      target,
      overload: '',
      positional: operands.map((operand) => this.#argument(operand as Operand)),
      named: new Map(keyed.map(([key, operand]) => [key, this.#argument(operand as Operand)])),
      outputs: wanted === undefined ? [{ name }] : wanted.map((used, i) => ({ name: used ? `${name}_${i}` : '' })),
      place: `${place.file}, line ${place.line}`,
    });
    if (wanted === undefined) return this.#result(name);
    const results = wanted.map((used, i) => (used ? this.#result(`${name}_${i}`) : NONE));
    return results.includes(undefined) ? undefined : operandList(results as Operand[]);
  }

  #result(name: string): Operand | undefined {
    return this.#translator.has(name) ? this.#translator.operand({ kind: 'value', name }) : undefined;
  }

  /** What an operator gets; `undefined` for what was lost. */
  operand(value: ScriptValue, place: CodePlace): Operand | undefined {
    switch (value.kind) {
      case 'box':
        return tensor(value.box.value);
      case 'list':
      case 'tuple': {
        const items = value.items.map((item) => this.operand(item, place));
        return items.includes(undefined) ? undefined : operandList(items as Operand[]);
      }
      case 'lost':
        return undefined;
      case 'dict':
      case 'object':
      case 'function':
      case 'class':
      case 'path':
        throw cannotWrite(place, `an operator is given a ${value.kind}`);
      default:
        return value;
    }
  }

  #argument(operand: Operand): AtenArgument {
    if (operand.kind === 'list') return { kind: 'list', items: operand.items.map((item) => this.#argument(item)) };
    if (operand.kind !== 'tensor' && operand.kind !== 'number') return operand;
    const name = this.#name();
    this.#translator.define(name, operand);
    return { kind: 'value', name };
  }

  #wrap(operand: Operand, view: (index: number) => ConstructorParameters<typeof TensorBox>[1], index = 0): ScriptValue {
    if (operand.kind === 'tensor') return { kind: 'box', box: new TensorBox(operand.value, view(index)) };
    if (operand.kind === 'list') return list(operand.items.map((item, i) => this.#wrap(item, view, i)));
    return operand;
  }

  #name(): string {
    return `script_${this.#names++}`;
  }
}
