import type { Activation } from '../activation.ts';
import type { NativeActivation } from './recurrent-cell.ts';

/**
 * The activation as ONNX's recurrent operators know it, or `undefined`: then the steps are written
 * out one by one. Parameters other than those that Keras's names stand for are left to the steps.
 */
export function nativeActivation({ name, parameters, generation }: Activation): NativeActivation | undefined {
  if (Object.keys(parameters).length > 0) return undefined;
  switch (name) {
    case 'tanh':
      return { name: 'Tanh' };
    case 'sigmoid':
      return { name: 'Sigmoid' };
    case 'relu':
      return { name: 'Relu' };
    case 'linear':
      return { name: 'Affine', alpha: 1, beta: 0 };
    case 'hard_sigmoid':
      return { name: 'HardSigmoid', alpha: generation === 2 ? 0.2 : 1 / 6, beta: 0.5 };
    default:
      return undefined;
  }
}
