import { DenseMatrix } from '../../data/dataset.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { nonNegativeInput } from './non-negative-input.ts';

/** A file that asks for more than these rounds is refused: they could take for ever. */
const MAX_ROUNDS = 100_000;

/**
 * The topics of each row by variational inference, a fixed point that is iterated until the mean change is below
 * `mean_change_tol` or `max_doc_update_iter` times; rows sum to 1.
 *
 * Source: sklearn/decomposition/_lda.py, `_update_doc_distribution`; sklearn/decomposition/_online_lda_fast.pyx.
 */
export function latentDirichletAllocation(state: EstimatorState): Estimator {
  const words = state.matrix('exp_dirichlet_component_');
  const prior = state.optionalNumber('doc_topic_prior_') ?? state.optionalNumber('doc_topic_prior') ?? 1 / words.rows;
  const rounds = state.number('max_doc_update_iter');
  if (!(rounds <= MAX_ROUNDS)) throw state.unsupported(`max_doc_update_iter=${rounds}`);
  const tolerance = state.number('mean_change_tol');
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: words.cols,
    featureNames: state.featureNames,
    transform(x) {
      const dense = nonNegativeInput(x, words.cols, className);
      const out = new DenseMatrix(x.rows, words.rows);
      for (let i = 0; i < x.rows; i++) {
        const row = dense.data.subarray(i * words.cols, (i + 1) * words.cols);
        out.data.set(topicsOf(row, words, { prior, rounds, tolerance }), i * words.rows);
      }
      return out;
    },
  };
}

interface Inference {
  readonly prior: number;
  readonly rounds: number;
  readonly tolerance: number;
}

function topicsOf(counts: Float64Array, words: DenseMatrix, { prior, rounds, tolerance }: Inference): Float64Array {
  const topics = words.rows;
  const present = Array.from(counts.keys()).filter((j) => counts[j] !== 0);
  let current = new Float64Array(topics).fill(1);
  const weights = new Float64Array(topics).fill(Math.exp(psi(1) - psi(topics)));
  for (let round = 0; round < rounds; round++) {
    const next = new Float64Array(topics);
    for (const j of present) {
      let norm = 0;
      for (let k = 0; k < topics; k++) norm += (weights[k] as number) * (words.data[k * words.cols + j] as number);
      const share = (counts[j] as number) / (norm + Number.EPSILON);
      for (let k = 0; k < topics; k++)
        next[k] = (next[k] as number) + share * (words.data[k * words.cols + j] as number);
    }
    let total = 0;
    let change = 0;
    for (let k = 0; k < topics; k++) {
      next[k] = (weights[k] as number) * (next[k] as number) + prior;
      total += next[k] as number;
      change += Math.abs((next[k] as number) - (current[k] as number));
    }
    const whole = psi(total);
    for (let k = 0; k < topics; k++) weights[k] = Math.exp(psi(next[k] as number) - whole);
    current = next;
    if (change / topics < tolerance) break;
  }
  const sum = current.reduce((a, b) => a + b, 0);
  return current.map((value) => value / sum);
}

/** scikit-learn's own approximation of the digamma function, coarser than the real one. */
function psi(value: number): number {
  if (value <= 1e-6) return -0.5772156649015329 - 1 / value;
  let x = value;
  let sum = 0;
  while (x < 6) {
    sum -= 1 / x;
    x += 1;
  }
  let r = 1 / x;
  sum += Math.log(x) - 0.5 * r;
  r *= r;
  return sum - r * (1 / 12 - r * (1 / 120 - r * (1 / 252)));
}
