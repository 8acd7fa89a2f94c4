// The syntax tree of TorchScript's serialized code: the part of Python's grammar that
// `torch::jit::PythonPrint` writes (torch/csrc/jit/serialization/python_print.cpp).

/** 1-based line of the file, for messages. */
export interface Located {
  readonly line: number;
}

export type Expression = Located &
  (
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    | {
        readonly kind: 'call';
        readonly target: Expression;
        readonly positional: readonly Expression[];
        readonly named: ReadonlyMap<string, Expression>;
      }
    /** A safe integer as a number, a larger one as a bigint. */
    | { readonly kind: 'int'; readonly value: number | bigint }
    | { readonly kind: 'float'; readonly value: number }
    /** The imaginary part of a complex literal such as `2.j`. */
    | { readonly kind: 'imaginary'; readonly value: number }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'none' }
    | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
    | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
    | { readonly kind: 'negative'; readonly of: Expression }
    | {
        readonly kind: 'conditional';
        readonly condition: Expression;
        readonly whenTrue: Expression;
        readonly whenFalse: Expression;
      }
  );

export type Statement = Located &
  /** `targets` of more than one unpack the value; `type` is what an annotation says. */
  (
    | {
        readonly kind: 'assign';
        readonly targets: readonly Expression[];
        readonly unpacks: boolean;
        readonly type: Expression | undefined;
        readonly value: Expression;
      }
    | { readonly kind: 'expression'; readonly value: Expression }
    | { readonly kind: 'return'; readonly value: Expression | undefined }
    | {
        readonly kind: 'if';
        readonly condition: Expression;
        readonly whenTrue: readonly Statement[];
        readonly whenFalse: readonly Statement[];
      }
    | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
    | {
        readonly kind: 'for';
        readonly targets: readonly Expression[];
        readonly over: Expression;
        readonly body: readonly Statement[];
      }
    | { readonly kind: 'with'; readonly context: Expression; readonly body: readonly Statement[] }
    | { readonly kind: 'pass' }
  );

/** A parameter of a function or method. */
export interface Parameter {
  readonly name: string;
  readonly type: Expression | undefined;
  readonly default: Expression | undefined;
}

export interface FunctionDefinition extends Located {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly returns: Expression | undefined;
  readonly body: readonly Statement[];
}

/** A class: a module, a named tuple, an enumeration, an interface or a plain class. */
export interface ClassDefinition extends Located {
  readonly name: string;
  /** As written, e.g. `Module`; `undefined` for a plain class. */
  readonly base: string | undefined;
  /** Declared attributes in order, with their types; `value` where the class fixes it (`Final[int] = 8`). */
  readonly attributes: ReadonlyMap<string, { readonly type: Expression; readonly value: Expression | undefined }>;
  /** Assignments without a type, e.g. `__parameters__ = ["weight", ]`. */
  readonly settings: ReadonlyMap<string, Expression>;
  readonly methods: ReadonlyMap<string, FunctionDefinition>;
}

/** One file of code. */
export interface CodeFile {
  readonly classes: ReadonlyMap<string, ClassDefinition>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}
