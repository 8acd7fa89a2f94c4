import type { KerasTensor } from '../graph/keras-tensor.ts';
import type { OpArguments } from './op-arguments.ts';

/** A function on tensors: TensorFlow's and Keras 3's operations are written by the same ones. */
export interface Operation {
  /** Parameters in order, by the names that `write` asks for. */
  readonly parameters: readonly string[];
  readonly write: (a: OpArguments) => KerasTensor | readonly KerasTensor[];
}

/** Shorthand for the tables. */
export function operation(parameters: string, write: Operation['write']): Operation {
  return { parameters: parameters.split(' '), write };
}
