import type { LayerConfig } from './layer-config.ts';

/**
 * Which Keras wrote the file: 2 (Keras 2, tf.keras, tf_keras, TensorFlow.js) or 3. Some functions
 * changed their meaning in between (`hard_sigmoid`), so that every layer knows.
 */
export type KerasGeneration = 2 | 3;

/** A layer as the file describes it: inert data. Nothing of it is called, imported or evaluated. */
export interface KerasLayer {
  /** E.g. `Dense`; one of the allow-list in `layers/layer-types.ts`. */
  readonly className: string;
  /** The class as the file spells it, which `.keras` files name groups of weights after. */
  readonly storedClass: string;
  /** Unique in its model. */
  readonly name: string;
  /** Where it stands, for messages: `classifier/encoder/dense_1`. */
  readonly path: string;
  readonly generation: KerasGeneration;
  readonly config: LayerConfig;
  /** `trainable` of the config; default true. It decides the order of weights in an `.h5` file. */
  readonly trainable: boolean;
  /** Input shape that the layer was built for, where the file says (`build_config`); batch as `null`. */
  readonly buildShape: unknown;
  /** Layers that this one wraps, by the key of its config: `layer`, `backward_layer`, `cell`; `cells/0` for a list. */
  readonly inner: ReadonlyMap<string, KerasLayer>;
  /** Where the layer is a model itself (Sequential, Functional). */
  readonly graph: KerasGraph | undefined;
}

/** The output of one call of a layer. */
export interface TensorRef {
  readonly layer: string;
  /** Which call of the layer, in the order of `KerasGraph.calls`, from 0. */
  readonly call: number;
  /** Which tensor of what the call gave. */
  readonly tensor: number;
}

/** A tensor, a constant (any JSON value), or a list or record of arguments. */
export type Argument =
  | { readonly kind: 'tensor'; readonly ref: TensorRef }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'list'; readonly items: readonly Argument[] }
  | { readonly kind: 'record'; readonly items: ReadonlyMap<string, Argument> };

/** One call of a layer inside a model. */
export interface KerasCall {
  readonly layer: KerasLayer;
  /** Which call of this layer it is, from 0. */
  readonly index: number;
  readonly positional: readonly Argument[];
  readonly named: ReadonlyMap<string, Argument>;
}

/** The network of a Sequential or Functional model. */
export interface KerasGraph {
  /** In the order of the file: the order that weights are stored in. */
  readonly layers: readonly KerasLayer[];
  /** Every call of every layer but the inputs, in no particular order. */
  readonly calls: readonly KerasCall[];
  readonly inputs: readonly KerasInput[];
  readonly outputs: readonly KerasOutput[];
}

/** An input as the framework shows it. */
export interface KerasInput {
  readonly name: string;
  readonly ref: TensorRef;
  /** Batch dimension included; `null` where any extent is taken. */
  readonly shape: readonly (number | null)[];
  /** As Keras spells it: `float32`, `int64`, `string`. */
  readonly dtype: string;
}

/** An output as the framework shows it. */
export interface KerasOutput {
  readonly name: string;
  readonly ref: TensorRef;
}
