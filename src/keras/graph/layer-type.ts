import type { FormatError } from '../../errors/format-error.ts';
import type { GraphBuilder } from '../../onnx/builder/graph-builder.ts';
import type { DType, TensorLike } from '../../spec/tensor.ts';
import type { KerasLayer } from '../model/keras-layer.ts';
import type { LayerConfig } from '../model/layer-config.ts';
import type { WeightSpec } from '../model/weight-spec.ts';
import type { ArgumentValue, CallArguments } from './call-arguments.ts';
import type { KerasShape, KerasTensor } from './keras-tensor.ts';
import type { LayerWeights } from './layer-weights.ts';

/**
 * How the layers of one class are read and written as ONNX. `layers/layer-types.ts` joins all of
 * them into one table, which is the allow-list too: a class without an entry is refused before
 * anything is built. Entries of one family live in one file of `layers/`.
 */
export interface LayerType {
  /** Writes one call of the layer into the graph. */
  readonly translate: (call: LayerCall) => KerasTensor | readonly KerasTensor[];
  /** The layer's variables, in the order that the class creates them. Default none. */
  readonly weights?: (layer: KerasLayer) => readonly WeightSpec[];
  /** What a `.keras` file keeps of the layer beside its variables: `vocabulary`, `idf_weights`; read as variables are. */
  readonly assets?: (layer: KerasLayer) => readonly string[];
  /**
   * Refuses parameters that cannot be done, from the configuration alone; called for every layer of
   * a file before anything is built, and by scans. `translate` may refuse more.
   */
  readonly check?: (layer: KerasLayer) => void;
  /**
   * What becomes of the mask that comes with the first input:
   *
   * - `drop` (default): the outputs have none, as for layers without `supports_masking`.
   * - `pass`: every output has the mask of the first input.
   * - `own`: `translate` sets the masks of its outputs itself, from `inputs[i].mask` or `args.tensor('mask')`.
   */
  readonly masking?: 'drop' | 'pass' | 'own';
  /** Keys of the config that hold a layer, or a list of layers; they are parsed into `KerasLayer.inner`. */
  readonly wraps?: readonly string[];
  /** Whether the inputs keep their element types: layers for text, indices and operators. Default: floats are cast to the layer's type. */
  readonly keepsTypes?: boolean;
  /** What of it is refused and why, for `docs/keras.md`. Default: everything is computed. */
  readonly limits?: string;
}

/** One call of a layer, and all that a translator needs for it. */
export interface LayerCall {
  readonly g: GraphBuilder;
  readonly layer: KerasLayer;
  /** The same as `layer.config`. */
  readonly config: LayerConfig;
  /** Tensors of the first positional argument, one or a list; floats were cast to `dtype` unless `keepsTypes`. */
  readonly inputs: readonly KerasTensor[];
  /** The first positional argument as the file has it, where a layer takes more than tensors there; not cast. */
  readonly first: ArgumentValue | undefined;
  /** The other arguments of the call: `mask`, `initial_state`, `training`, `value`, ... */
  readonly args: CallArguments;
  /** The type that the layer computes in. */
  readonly dtype: DType;
  readonly weights: LayerWeights;
  /** The first input; `ML_FORMAT_MALFORMED` where there is none. */
  readonly input: () => KerasTensor;
  /**
   * Writes a call of a layer that this one wraps.
   *
   * @param scope name under which `weights` of this layer nested the inner layer's
   */
  readonly inner: (layer: KerasLayer, call: InnerCall) => readonly KerasTensor[];
  /**
   * A tensor computed in TypeScript before the graph runs, from a tensor with an `origin`: text and
   * other work that ONNX lacks. Steps may follow each other. The result becomes an input of the
   * graph if a layer uses it there.
   *
   * @param compute gets the origin's tensor as the caller fed it (strings for a text input)
   */
  readonly preStep: (from: KerasTensor, step: PreStep) => KerasTensor;
  /** An error of `ML_FORMAT_UNSUPPORTED` that names the layer; `what` continues the sentence. */
  readonly unsupported: (what: string) => FormatError;
}

/** A call of a wrapped layer. */
export interface InnerCall {
  readonly inputs: readonly KerasTensor[];
  readonly scope: string;
  /** Default none. */
  readonly args?: CallArguments;
}

/** Work in TypeScript on what an input is fed. */
export interface PreStep {
  readonly dtype: DType;
  readonly shape: KerasShape;
  readonly compute: (given: TensorLike) => TensorLike;
}
