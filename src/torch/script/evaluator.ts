import type { CodePlace } from '../../formats/torchscript/code-problem.ts';
import type { Expression } from '../../formats/torchscript/code-ast.ts';
import { builtin } from './builtins.ts';
import type { CallWriter, Passed } from './call-writer.ts';
import type { Frame, ProgramData } from './interpreter.ts';
import { isInstance } from './is-instance.ts';
import { badProgram, cannotWrite } from './script-problem.ts';
import {
  bool,
  list,
  LOST,
  type ScriptClass,
  type ScriptDict,
  type ScriptFunction,
  type ScriptObject,
  type ScriptValue,
} from './script-value.ts';
import { keyOf, positionOf, sequenceOf } from './sequences.ts';
import { setItem } from './set-item.ts';

/** Reads a call of one of the program's own functions. */
export type CallFunction = (callee: ScriptFunction, passed: Passed, place: CodePlace) => ScriptValue;

/** Works out expressions: constants, attributes, calls. */
export class Evaluator {
  readonly #data: ProgramData;
  readonly #writer: CallWriter;
  readonly #call: CallFunction;

  constructor(data: ProgramData, writer: CallWriter, call: CallFunction) {
    this.#data = data;
    this.#writer = writer;
    this.#call = call;
  }

  /** @param wanted of a call with several results: which of them are used; default all */
  evaluate(expression: Expression, frame: Frame, wanted?: readonly boolean[]): ScriptValue {
    const items = (expressions: readonly Expression[]): readonly ScriptValue[] =>
      expressions.map((item) => this.evaluate(item, frame));
    switch (expression.kind) {
      case 'none':
        return { kind: 'none' };
      case 'int':
        return { kind: 'int', value: expression.value };
      case 'float':
        return { kind: 'float', value: expression.value };
      case 'bool':
        return { kind: 'bool', value: expression.value };
      case 'string':
        return { kind: 'string', value: expression.value };
      case 'imaginary':
        return { kind: 'complex', real: 0, imaginary: expression.value };
      case 'list':
        return list(items(expression.items));
      case 'tuple':
        return { kind: 'tuple', items: items(expression.items) };
      case 'dict':
        return this.#dict(expression.entries, frame);
      case 'negative':
        return this.#negative(expression.of, frame);
      case 'name':
        return frame.variables.get(expression.name) ?? { kind: 'path', path: expression.name };
      case 'attribute':
        return this.#attribute(this.evaluate(expression.of, frame), expression.name, frame);
      case 'index':
        return this.#item(this.evaluate(expression.of, frame), this.evaluate(expression.index, frame), frame);
      case 'conditional': {
        const condition = this.evaluate(expression.condition, frame);
        if (condition.kind !== 'bool') throw cannotWrite(frame, 'which value is taken depends on the input');
        return this.evaluate(condition.value ? expression.whenTrue : expression.whenFalse, frame);
      }
      default:
        return this.#evaluateCall(expression, frame, wanted);
    }
  }

  assign(target: Expression, value: ScriptValue, frame: Frame): void {
    if (target.kind === 'name') {
      frame.variables.set(target.name, value);
      return;
    }
    if (target.kind === 'attribute') {
      const object = this.evaluate(target.of, frame);
      if (object.kind !== 'object') throw badProgram(frame, `an attribute of a ${object.kind} is set`);
      object.attributes.set(target.name, value);
      return;
    }
    if (target.kind === 'index') {
      const container = this.evaluate(target.of, frame);
      setItem(container, this.evaluate(target.index, frame), value, frame);
      return;
    }
    throw badProgram(frame, `a ${target.kind} cannot be assigned to`);
  }

  #dict(entries: readonly (readonly [Expression, Expression])[], frame: Frame): ScriptDict {
    const dict: ScriptDict = { kind: 'dict', entries: new Map() };
    for (const [key, value] of entries) setItem(dict, this.evaluate(key, frame), this.evaluate(value, frame), frame);
    return dict;
  }

  #negative(of: Expression, frame: Frame): ScriptValue {
    const value = this.evaluate(of, frame);
    if (value.kind === 'int') return { kind: 'int', value: -value.value };
    if (value.kind === 'float') return { kind: 'float', value: -value.value };
    return this.#writer.write('aten::neg', { positional: [value], named: new Map() }, frame);
  }

  #attribute(of: ScriptValue, name: string, frame: Frame): ScriptValue {
    if (of.kind === 'path') return this.#resolve(`${of.path}.${name}`, frame);
    if (of.kind === 'object') {
      const value = of.attributes.get(name) ?? this.#member(of, name, frame);
      if (value !== undefined) return value;
      throw badProgram(frame, `${of.type?.path ?? 'an object'} has no attribute ${name}`);
    }
    if (of.kind === 'tuple') {
      const item = of.items[of.fields?.indexOf(name) ?? -1];
      if (item !== undefined) return item;
    }
    if (of.kind === 'class') return { kind: 'path', path: `${of.type.path}.${name}` };
    if (of.kind === 'lost') return LOST;
    throw badProgram(frame, `a ${of.kind} has no attribute ${name}`);
  }

  /** What the class of an object says: a method, or a value that all its objects have. */
  #member(self: ScriptObject, name: string, frame: Frame): ScriptValue | undefined {
    if (self.type === undefined) return undefined;
    const { definition, file } = self.type;
    const method = definition.methods.get(name);
    if (method !== undefined) return { kind: 'function', file, definition: method, self };
    const fixed = definition.attributes.get(name)?.value;
    return fixed === undefined ? undefined : this.evaluate(fixed, frame);
  }

  #resolve(path: string, frame: Frame): ScriptValue {
    if (path.startsWith('CONSTANTS.c')) {
      const constant = this.#data.constants[Number(path.slice('CONSTANTS.c'.length))];
      return constant ?? this.#unknown(path, frame);
    }
    if (!path.startsWith('__torch__.')) return { kind: 'path', path };
    const found = this.#data.code.functionAt(path);
    if (found !== undefined) return found;
    const type = this.#data.code.classAt(path);
    return type === undefined ? { kind: 'path', path } : { kind: 'class', type };
  }

  #unknown(path: string, frame: Frame): never {
    throw badProgram(frame, `${path} is not defined`);
  }

  #item(of: ScriptValue, index: ScriptValue, frame: Frame): ScriptValue {
    if (of.kind === 'lost' || index.kind === 'lost') return LOST;
    if (of.kind === 'dict') {
      const entry = of.entries.get(keyOf(index) ?? '');
      if (entry === undefined) throw badProgram(frame, 'a dictionary has no such key');
      return entry.value;
    }
    const items = sequenceOf(of);
    if (items === undefined) throw badProgram(frame, `a ${of.kind} is indexed`);
    if (index.kind !== 'int') throw cannotWrite(frame, 'an index of a list depends on the input');
    const item = items[positionOf(Number(index.value), items.length) ?? -1];
    if (item === undefined) throw badProgram(frame, `index ${index.value} of ${items.length} items`);
    return item;
  }

  #evaluateCall(
    expression: Expression & { readonly kind: 'call' },
    frame: Frame,
    wanted: readonly boolean[] | undefined,
  ): ScriptValue {
    const { target, positional } = expression;
    const special = target.kind === 'name' ? this.#special(target.name, positional, frame) : undefined;
    if (special !== undefined) return special;
    const callee = this.evaluate(target, frame);
    const passed: Passed = {
      positional: positional.map((argument) => this.evaluate(argument, frame)),
      named: new Map(Array.from(expression.named, ([name, value]) => [name, this.evaluate(value, frame)])),
      wanted,
    };
    frame.line = expression.line;
    switch (callee.kind) {
      case 'function':
        return this.#call(callee, passed, frame);
      case 'class':
        return this.#construct(callee.type, passed, frame);
      case 'path':
        return this.#callPath(callee.path, passed, frame);
      case 'object': {
        const forward = this.#attribute(callee, 'forward', frame);
        if (forward.kind === 'function') return this.#call(forward, passed, frame);
        break;
      }
      case 'lost':
        return LOST;
      default:
    }
    throw badProgram(frame, `a ${callee.kind} is called`);
  }

  /** Forms whose first argument is a type, which is not worked out. */
  #special(name: string, args: readonly Expression[], frame: Frame): ScriptValue | undefined {
    const [first, second] = args;
    if (name === 'uninitialized') return LOST;
    if ((name === 'annotate' || name === 'unchecked_cast') && first !== undefined && second !== undefined) {
      const value = this.evaluate(second, frame);
      return value.kind === 'box' && first.kind === 'name' && CASTS.has(first.name)
        ? this.#callPath(first.name, { positional: [value], named: new Map() }, frame)
        : value;
    }
    if (name === 'isinstance' && first !== undefined && second !== undefined) {
      const known = isInstance(this.evaluate(first, frame), second);
      if (known === undefined) throw cannotWrite(frame, 'the type of a value depends on the input');
      return bool(known);
    }
    return undefined;
  }

  #callPath(path: string, passed: Passed, frame: Frame): ScriptValue {
    if (path === 'getattr' || path === 'hasattr') {
      const [object, name] = passed.positional;
      if (object === undefined || name?.kind !== 'string') throw badProgram(frame, `${path} needs a name`);
      if (path === 'getattr') return this.#attribute(object, name.value, frame);
      return bool(object.kind === 'object' && object.attributes.has(name.value));
    }
    if (path.endsWith('.__new__')) return this.#newObject(path.slice(0, -'.__new__'.length), frame);
    const target = operatorOf(path);
    const known = builtin(target, passed, { writer: this.#writer, place: frame });
    if (known !== undefined) return known;
    if (path.startsWith('__torch__.')) return this.#unknown(path, frame);
    return this.#writer.write(target, passed, frame);
  }

  #newObject(path: string, frame: Frame): ScriptValue {
    const type = this.#data.code.classAt(path);
    return type === undefined ? this.#unknown(path, frame) : { kind: 'object', type, attributes: new Map() };
  }

  #construct(type: ScriptClass, passed: Passed, frame: Frame): ScriptValue {
    const { definition } = type;
    if (definition.base === 'NamedTuple') {
      const fields = [...definition.attributes.keys()];
      const items = fields.map((field, i) => passed.positional[i] ?? passed.named.get(field) ?? LOST);
      return { kind: 'tuple', items, fields };
    }
    if (definition.base === 'Enum') throw cannotWrite(frame, 'enumerations are not read');
    const self: ScriptObject = { kind: 'object', type, attributes: new Map() };
    const init = this.#member(self, '__init__', frame);
    if (init?.kind === 'function') this.#call(init, passed, frame);
    return self;
  }
}

const CASTS = new Set(['int', 'float', 'bool', 'number']);

/** `torch.add` is `aten::add`, `ops.prim.dtype` is `prim::dtype`; a bare name is one of Python's functions. */
function operatorOf(path: string): string {
  if (path.startsWith('torch.')) return `aten::${path.slice('torch.'.length)}`;
  if (path === 'ops.prim.abs') return 'python::abs';
  const own = /^ops\.([A-Za-z_]\w*)\.(.+)$/.exec(path);
  return own === null ? `python::${path}` : `${own[1]}::${own[2]}`;
}
