import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { expit } from '../base/linear-scores.ts';
import { linearModel } from '../linear_model/linear-model.ts';

/**
 * The probabilities of the hidden units. `score_samples` draws random numbers and is not computed.
 *
 * Source: sklearn/neural_network/_rbm.py, `BernoulliRBM.transform`.
 */
export function bernoulliRbm(state: EstimatorState): Estimator {
  const components = state.matrix('components_');
  const scores = linearModel(state, components, state.vector('intercept_hidden_'));
  return {
    className: state.className,
    task: 'transformation',
    width: components.cols,
    featureNames: state.featureNames,
    transform(x) {
      const hidden = scores(x);
      for (let at = 0; at < hidden.data.length; at++) hidden.data[at] = expit(hidden.data[at] as number);
      return hidden;
    },
  };
}
