import type { Extent } from '../../onnx/builder/graph-builder.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';

/**
 * A straight-line program over ATen operators: what `torch.export` archives and TorchScript both
 * become before they are written as ONNX. Names are those of the file; they are unique in a graph.
 */
export interface AtenGraph {
  /** What a caller feeds, in order; parameters, buffers and constants are in `tensors`. */
  readonly inputs: readonly AtenInput[];
  /** Parameters, buffers and constants by the name that nodes use. Tied weights are the same object. */
  readonly tensors: ReadonlyMap<string, TensorLike>;
  /** In execution order. */
  readonly nodes: readonly AtenNode[];
  readonly outputs: readonly AtenOutput[];
}

/** Element type and extents, where the file states them. */
export interface AtenType {
  readonly dtype?: DType | undefined;
  /** Equal names are equal extents. `undefined`: even the rank is unknown. */
  readonly shape?: readonly Extent[] | undefined;
}

export interface AtenInput extends AtenType {
  readonly name: string;
  /** Set for a Python integer that is passed as a tensor without dimensions: the name of the extent that it equals. */
  readonly number?: string | undefined;
}

/** One value that the program gives back. */
export interface AtenOutput extends AtenType {
  /** Name of the value in the program, or a constant. */
  readonly value: AtenArgument;
  /** What callers see: `output_0`, ..., or the key of a dictionary. */
  readonly name: string;
}

/** One call of an operator. */
export interface AtenNode {
  /** Namespace and operator without overload: `aten::conv2d`, `python::floordiv`, `prim::unpack`. */
  readonly target: string;
  /** `default`, `Tensor`, ...; `''` where the file does not say: the arguments then decide. */
  readonly overload: string;
  readonly positional: readonly AtenArgument[];
  readonly named: ReadonlyMap<string, AtenArgument>;
  readonly outputs: readonly AtenResult[];
  /** Where the call is in the user's program, for messages: module path or line. */
  readonly place: string;
}

/** What a node gives. */
export interface AtenResult extends AtenType {
  /** `''`: not used by anybody. */
  readonly name: string;
  /** Of a number: its expression, where the file states one; equal texts are equal numbers. */
  readonly symbol?: string | undefined;
  /** Set where the result is a list whose elements have names of their own. */
  readonly elements?: readonly AtenResult[] | undefined;
}

/** A constant that an argument may be; Python's `None`, numbers and so on. */
export type AtenConstant =
  | { readonly kind: 'none' }
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'complex'; readonly real: number; readonly imaginary: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  /** An element type: PyTorch's name of it without `torch.`, e.g. `float32`, `bool`. */
  | { readonly kind: 'dtype'; readonly value: string }
  /** Device, layout, memory format: they do not change a result. */
  | { readonly kind: 'placement'; readonly value: string };

/** One argument of a call. */
export type AtenArgument =
  | AtenConstant
  /** An input, a tensor or the result of an earlier node. */
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly AtenArgument[] };
