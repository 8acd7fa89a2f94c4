import type { EstimatorState } from '../base/estimator-state.ts';

/** Weights of neighbours from their distances; `undefined` for equal ones. */
export type Weigh = (distances: ArrayLike<number>) => Float64Array;

/**
 * `weights="uniform"` or `"distance"`: one over the distance; where a neighbour is at the very point, only those that
 * are count.
 *
 * @throws `ML_FORMAT_UNSUPPORTED` for a function of the project
 */
export function weighOf(state: EstimatorState): Weigh {
  const weights = state.get('weights');
  if (weights === 'distance') return byDistance;
  if (weights === 'uniform' || weights === null || weights === undefined)
    return (distances) => new Float64Array(distances.length).fill(1);
  throw state.unsupported('a function as weights', { attribute: 'weights' });
}

function byDistance(distances: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(distances, (distance) => 1 / distance);
  return out.includes(Number.POSITIVE_INFINITY)
    ? out.map((weight) => Number(weight === Number.POSITIVE_INFINITY))
    : out;
}
