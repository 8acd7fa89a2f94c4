import type { Dataset, DenseMatrix } from '../../data/dataset.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { matrixList } from '../base/matrix-list.ts';
import { addToRows, times } from '../base/matrix-products.ts';
import { ACTIVATIONS, type Activation } from './activations.ts';

/** The layers of a multilayer perceptron. */
export interface PerceptronLayers {
  readonly width: number;
  readonly outputs: number;
  /** The last layer's values, `[rows, outputs]`. */
  readonly forward: (x: Dataset) => DenseMatrix;
}

/**
 * `a = activation(a · coefs_[i] + intercepts_[i])` layer by layer, in float64, the last one with `out_activation_`.
 *
 * Source: sklearn/neural_network/_multilayer_perceptron.py, `_forward_pass_fast`.
 */
export function perceptronLayers(state: EstimatorState): PerceptronLayers {
  const coefs = matrixList(state, 'coefs_');
  const intercepts = matrixList(state, 'intercepts_');
  const [first] = coefs;
  const last = coefs.at(-1);
  const fits = coefs.every((m, i) => intercepts[i]?.cols === m.cols && (coefs[i + 1]?.rows ?? m.cols) === m.cols);
  if (first === undefined || last === undefined || !fits) throw state.unsupported('layers that do not fit together');
  const hidden = activationOf(state, 'activation');
  const out = activationOf(state, 'out_activation_');
  const { className } = state;
  return {
    width: first.rows,
    outputs: last.cols,
    forward(x) {
      let values = finiteInput(x, first.rows, className);
      for (const [i, coef] of coefs.entries()) {
        values = addToRows(times(values, coef), (intercepts[i] as DenseMatrix).data);
        (coef === last ? out : hidden)(values);
      }
      return values;
    },
  };
}

function activationOf(state: EstimatorState, attribute: string): Activation {
  const name = state.string(attribute);
  const activation = ACTIVATIONS.get(name);
  if (activation === undefined) throw state.unsupported(`${attribute}="${name}"`);
  return activation;
}
