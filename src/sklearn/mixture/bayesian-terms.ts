import type { DenseMatrix } from '../../data/dataset.ts';
import { NdArray } from '../../formats/npy/nd-array.ts';
import { isNode } from '../../formats/pickle/nodes.ts';
import { digamma } from '../base/digamma.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { vectorIn } from '../base/vector-in.ts';

/**
 * What is added to a component's log-density: the expected log-weight, and half of the expected log-determinant less
 * `features · ln(degrees of freedom) + features / mean_precision_`.
 *
 * Source: sklearn/mixture/_bayesian_mixture.py, `_estimate_log_weights` and `_estimate_log_prob`.
 */
export function bayesianTerms(state: EstimatorState, { rows: count, cols: width }: DenseMatrix): Float64Array {
  const weights = logWeights(state);
  // One number for all components with tied covariances.
  const stated = state.vector('degrees_of_freedom_');
  const freedom = stated.length === 1 ? new Float64Array(count).fill(stated[0] as number) : stated;
  const precision = state.vector('mean_precision_');
  if ([weights, freedom, precision].some(({ length }) => length !== count))
    throw state.unsupported('posterior parameters that do not fit the means');
  return Float64Array.from({ length: count }, (_, k) => {
    const nu = freedom[k] as number;
    let lambda = width * Math.log(2);
    for (let j = 0; j < width; j++) lambda += digamma(0.5 * (nu - j));
    const term = -0.5 * width * Math.log(nu) + 0.5 * (lambda - width / (precision[k] as number));
    return term + (weights[k] as number);
  });
}

function logWeights(state: EstimatorState): Float64Array {
  const prior = state.string('weight_concentration_prior_type');
  if (prior === 'dirichlet_distribution') {
    const concentration = state.vector('weight_concentration_');
    const total = digamma(concentration.reduce((a, b) => a + b, 0));
    return concentration.map((value) => digamma(value) - total);
  }
  if (prior !== 'dirichlet_process') throw state.unsupported(`weight_concentration_prior_type="${prior}"`);
  const [a, b] = pair(state);
  let before = 0;
  return a.map((value, k) => {
    const other = b[k] as number;
    const total = digamma(value + other);
    const out = digamma(value) - total + before;
    before += digamma(other) - total;
    return out;
  });
}

/** `weight_concentration_` of a Dirichlet process is a pair of arrays. */
function pair(state: EstimatorState): [Float64Array, Float64Array] {
  const name = 'weight_concentration_';
  const value = state.get(name);
  if (value instanceof NdArray && value.ndim === 2 && value.shape[0] === 2) {
    const data = value.toFloat64Array();
    return [data.slice(0, data.length / 2), data.slice(data.length / 2)];
  }
  const items = isNode(value) && (value.kind === 'tuple' || value.kind === 'list') ? value.items : [];
  const [a, b] = items.map((item) => vectorIn(state, item, name));
  if (a === undefined || b === undefined || items.length !== 2 || a.length !== b.length)
    throw state.unsupported(`${name} that is no pair of arrays`);
  return [a, b];
}
