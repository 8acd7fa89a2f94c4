import type { ClassDefinition, FunctionDefinition } from '../../formats/torchscript/code-ast.ts';
import type { AtenConstant } from '../graph/aten-graph.ts';
import type { NumberOperand } from '../graph/operand.ts';
import type { TensorBox } from './tensor-box.ts';

/** A class of the program, and the file that defines it. */
export interface ScriptClass {
  /** As code refers to it, e.g. `__torch__.torch.nn.modules.linear.Linear`. */
  readonly path: string;
  readonly file: string;
  readonly definition: ClassDefinition;
}

/** A list: code may append to it, and everybody who has it sees that. */
export interface ScriptList {
  readonly kind: 'list';
  readonly items: ScriptValue[];
}

/** A tuple; of a named tuple, `fields` are its names. */
export interface ScriptTuple {
  readonly kind: 'tuple';
  readonly items: readonly ScriptValue[];
  readonly fields?: readonly string[] | undefined;
}

/** A dictionary, by the text of its keys' kind and value. */
export interface ScriptDict {
  readonly kind: 'dict';
  readonly entries: Map<string, { readonly key: ScriptValue; readonly value: ScriptValue }>;
}

/** A module or another object: attributes that code may set. */
export interface ScriptObject {
  readonly kind: 'object';
  readonly type: ScriptClass | undefined;
  readonly attributes: Map<string, ScriptValue>;
}

/** A function of the program, with the object that it is a method of. */
export interface ScriptFunction {
  readonly kind: 'function';
  readonly file: string;
  readonly definition: FunctionDefinition;
  readonly self: ScriptObject | undefined;
}

/** What code computes with while it is read. Everything but tensors and numbers of the graph is known. */
export type ScriptValue =
  | AtenConstant
  | NumberOperand
  | ScriptList
  | ScriptTuple
  | ScriptDict
  | ScriptObject
  | ScriptFunction
  | { readonly kind: 'box'; readonly box: TensorBox }
  | { readonly kind: 'class'; readonly type: ScriptClass }
  /** A dotted name that is not resolved yet: `torch`, `ops.prim`, `__torch__.torch.nn`. */
  | { readonly kind: 'path'; readonly path: string }
  /** What a call would give that could not be written, or a variable without a value. */
  | { readonly kind: 'lost' };

export const NONE: ScriptValue = { kind: 'none' };
export const LOST: ScriptValue = { kind: 'lost' };
export const int = (value: number): ScriptValue => ({ kind: 'int', value });
export const bool = (value: boolean): ScriptValue => ({ kind: 'bool', value });
export const string = (value: string): ScriptValue => ({ kind: 'string', value });
export const list = (items: readonly ScriptValue[]): ScriptList => ({ kind: 'list', items: [...items] });
export const tuple = (items: readonly ScriptValue[]): ScriptTuple => ({ kind: 'tuple', items });
