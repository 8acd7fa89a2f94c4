import { PyFloat, type PyNode, type PyObject, type PyValue } from '../../formats/pickle/nodes.ts';
import type { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import type { Operand } from '../graph/operand.ts';
import type { ScriptProgram } from './read-script.ts';
import { LOST, NONE, type ScriptObject, type ScriptValue } from './script-value.ts';
import { keyOf } from './sequences.ts';
import { TensorBox } from './tensor-box.ts';

/**
 * The objects of a program as values that code computes with: made anew for each graph, since code may change them.
 * What the file refers to twice is one value. A tensor enters the graph when it is first used.
 */
export class ProgramValues {
  readonly #program: ScriptProgram;
  readonly #g: GraphBuilder;
  readonly #made = new Map<PyNode, ScriptValue>();

  constructor(program: ScriptProgram, g: GraphBuilder) {
    this.#program = program;
    this.#g = g;
  }

  of(value: PyValue, name: string): ScriptValue {
    if (value === null) return NONE;
    if (typeof value === 'boolean') return { kind: 'bool', value };
    if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'int', value };
    if (typeof value === 'string') return { kind: 'string', value };
    if (value instanceof PyFloat) return { kind: 'float', value: value.value };
    const known = this.#made.get(value);
    if (known !== undefined) return known;
    const made = this.#make(value, name);
    this.#made.set(value, made);
    return made;
  }

  #make(value: PyNode, name: string): ScriptValue {
    const tensor = this.#program.tensors.get(value);
    if (tensor !== undefined) {
      const number: Operand | undefined =
        tensor.shape.length === 0 && tensor.dtype === 'int64'
          ? { kind: 'int', value: Number(tensor.data[0]) }
          : undefined;
      return { kind: 'box', box: new TensorBox(() => this.#g.constant(tensor, name), undefined, number) };
    }
    switch (value.kind) {
      case 'list':
        return { kind: 'list', items: value.items.map((item, i) => this.of(item, `${name}.${i}`)) };
      case 'tuple':
        return { kind: 'tuple', items: value.items.map((item, i) => this.of(item, `${name}.${i}`)) };
      case 'dict': {
        const entries = new Map<string, { readonly key: ScriptValue; readonly value: ScriptValue }>();
        for (const [key, item] of value) {
          const made = this.of(key, name);
          entries.set(keyOf(made) ?? '', { key: made, value: this.of(item, name) });
        }
        return { kind: 'dict', entries };
      }
      case 'object':
        return this.#object(value, name);
      default:
        return LOST;
    }
  }

  #object(value: PyObject, name: string): ScriptValue {
    if (value.cls.path === 'torch.device') return { kind: 'placement', value: 'cpu' };
    if (!value.cls.path.startsWith('__torch__.')) return LOST;
    const object: ScriptObject = {
      kind: 'object',
      type: this.#program.code.classAt(value.cls.path),
      attributes: new Map(),
    };
    this.#made.set(value, object);
    for (const [key, item] of value.attributes ?? []) {
      if (typeof key === 'string') object.attributes.set(key, this.of(item, name === '' ? key : `${name}.${key}`));
    }
    return object;
  }
}
