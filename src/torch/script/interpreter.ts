import type { CodePlace } from '../../formats/torchscript/code-problem.ts';
import type { Expression, Statement } from '../../formats/torchscript/code-ast.ts';
import type { CallWriter, Passed } from './call-writer.ts';
import type { CodeTable } from './code-table.ts';
import { Evaluator } from './evaluator.ts';
import { namesRead } from './names-read.ts';
import { badProgram, cannotWrite } from './script-problem.ts';
import { LOST, NONE, type ScriptFunction, type ScriptValue } from './script-value.ts';
import { sequenceOf } from './sequences.ts';

/** Calls inside calls. */
const MAX_CALLS = 200;
/** Statements in all: loops are written out. */
const MAX_STEPS = 1_000_000;

/** What the program is besides its code. */
export interface ProgramData {
  readonly code: CodeTable;
  /** `CONSTANTS.c0`, ... */
  readonly constants: readonly ScriptValue[];
}

/** The variables of one call, and where it stands. */
export interface Frame {
  readonly file: string;
  readonly variables: Map<string, ScriptValue>;
  /** Names that the function reads anywhere. */
  readonly reads: ReadonlySet<string>;
  line: number;
}

/**
 * Reads a program as it would run, without running it: what depends on tensors is written into the graph, everything
 * else (modules, numbers, lists, branches and loops over them) is worked out on the way.
 */
export class Interpreter {
  readonly #evaluator: Evaluator;
  #depth = 0;
  #steps = 0;

  constructor(data: ProgramData, writer: CallWriter) {
    this.#evaluator = new Evaluator(data, writer, (callee, passed, place) => this.call(callee, passed, place));
  }

  /** Reads a call of one of the program's functions; gives what it returns. */
  call(callee: ScriptFunction, { positional, named }: Passed, place: CodePlace): ScriptValue {
    if (++this.#depth > MAX_CALLS) throw cannotWrite(place, `functions call each other more than ${MAX_CALLS} deep`);
    const { definition, file, self } = callee;
    const given = self === undefined ? positional : [self, ...positional];
    const { parameters, name } = definition;
    if (given.length > parameters.length) throw badProgram(place, `${name} takes ${parameters.length} arguments`);
    const frame: Frame = { file, variables: new Map(), reads: namesRead(definition), line: definition.line };
    for (const [i, parameter] of parameters.entries()) {
      const value = given[i] ?? named.get(parameter.name);
      if (value !== undefined) frame.variables.set(parameter.name, value);
      else if (parameter.default === undefined) throw badProgram(place, `${name} is not given ${parameter.name}`);
      else frame.variables.set(parameter.name, this.#evaluator.evaluate(parameter.default, frame));
    }
    const returned = this.#run(definition.body, frame) ?? NONE;
    this.#depth--;
    return returned;
  }

  /** What a `return` gave; `undefined` where none was reached. */
  #run(statements: readonly Statement[], frame: Frame): ScriptValue | undefined {
    for (const statement of statements) {
      frame.line = statement.line;
      if (++this.#steps > MAX_STEPS) throw cannotWrite(frame, `the program takes more than ${MAX_STEPS} steps`);
      const returned = this.#step(statement, frame);
      if (returned !== undefined) return returned;
    }
    return undefined;
  }

  #step(statement: Statement, frame: Frame): ScriptValue | undefined {
    const evaluate = (expression: Expression): ScriptValue => this.#evaluator.evaluate(expression, frame);
    switch (statement.kind) {
      case 'pass':
        return undefined;
      case 'return':
        return statement.value === undefined ? NONE : evaluate(statement.value);
      case 'expression':
        evaluate(statement.value);
        return undefined;
      case 'assign': {
        const wanted = statement.unpacks ? statement.targets.map((target) => isRead(target, frame)) : undefined;
        const value = this.#evaluator.evaluate(statement.value, frame, wanted);
        if (statement.unpacks) this.#unpack(statement.targets, value, frame);
        else this.#evaluator.assign(statement.targets[0] as Expression, value, frame);
        return undefined;
      }
      case 'if':
        return this.#branch(statement, frame);
      case 'while':
        return this.#repeat(statement, frame);
      case 'for':
        return this.#iterate(statement, frame);
      default:
        return this.#run(statement.body, frame);
    }
  }

  #branch(statement: Statement & { readonly kind: 'if' }, frame: Frame): ScriptValue | undefined {
    const { whenTrue, whenFalse } = statement;
    const condition = this.#truth(this.#evaluator.evaluate(statement.condition, frame), frame);
    if (condition !== undefined) return this.#run(condition ? whenTrue : whenFalse, frame);
    // A check of the input that would raise: a graph cannot, and gives what it gives.
    if (raises(whenTrue)) return this.#run(whenFalse, frame);
    if (raises(whenFalse)) return this.#run(whenTrue, frame);
    frame.line = statement.line;
    throw cannotWrite(frame, 'which branch is taken depends on the input');
  }

  #repeat(statement: Statement & { readonly kind: 'while' }, frame: Frame): ScriptValue | undefined {
    for (;;) {
      const condition = this.#truth(this.#evaluator.evaluate(statement.condition, frame), frame);
      if (condition === undefined) throw cannotWrite(frame, 'how often a loop runs depends on the input');
      if (!condition) return undefined;
      const returned = this.#run(statement.body, frame);
      if (returned !== undefined) return returned;
    }
  }

  #iterate(statement: Statement & { readonly kind: 'for' }, frame: Frame): ScriptValue | undefined {
    const items = sequenceOf(this.#evaluator.evaluate(statement.over, frame));
    if (items === undefined) throw cannotWrite(frame, 'how often a loop runs depends on the input');
    for (const item of items) {
      if (statement.targets.length === 1) this.#evaluator.assign(statement.targets[0] as Expression, item, frame);
      else this.#unpack(statement.targets, item, frame);
      const returned = this.#run(statement.body, frame);
      if (returned !== undefined) return returned;
    }
    return undefined;
  }

  #unpack(targets: readonly Expression[], value: ScriptValue, frame: Frame): void {
    if (value.kind === 'lost') {
      for (const target of targets) this.#evaluator.assign(target, LOST, frame);
      return;
    }
    const items = sequenceOf(value);
    if (items === undefined || items.length !== targets.length) {
      throw badProgram(frame, `${targets.length} variables are given ${items?.length ?? `a ${value.kind}`}`);
    }
    for (const [i, target] of targets.entries()) this.#evaluator.assign(target, items[i] as ScriptValue, frame);
  }

  /** Whether a condition holds; `undefined` where only the running graph knows. */
  #truth(value: ScriptValue, frame: Frame): boolean | undefined {
    const known = value.kind === 'box' ? value.box.number : value;
    if (known === undefined || known.kind === 'number') return undefined;
    if (known.kind === 'bool' || known.kind === 'int' || known.kind === 'float') return Boolean(known.value);
    // What a branch on something lost would do does not matter: the program is refused for what was lost.
    if (known.kind === 'lost') return undefined;
    throw badProgram(frame, `a condition is a ${known.kind}`);
  }
}

/** Whether what a target is given is used: an operator need not give what nobody asks for. */
function isRead(target: Expression, { reads }: Frame): boolean {
  return target.kind !== 'name' || reads.has(target.name);
}

/** Whether a block does nothing but raise an error. */
function raises(statements: readonly Statement[]): boolean {
  return statements.some(
    ({ ...statement }) =>
      statement.kind === 'expression' &&
      statement.value.kind === 'call' &&
      statement.value.target.kind === 'attribute' &&
      statement.value.target.name === 'RaiseException',
  );
}
