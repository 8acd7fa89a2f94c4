import type { Dataset } from '../../data/dataset.ts';
import type { Estimator } from './estimator.ts';

const METHODS = [
  'predict',
  'predictProba',
  'predictLogProba',
  'decisionFunction',
  'rawScores',
  'transform',
  'transformDense',
  'scoreSamples',
  'apply',
] as const;

/** The methods over rows of an estimator. */
export type Methods = Pick<Estimator, (typeof METHODS)[number]>;

/**
 * The methods that `target` has, each over prepared input: how an estimator that wraps another one
 * has exactly the other's methods. `inverseTransform` is not among them: it prepares nothing.
 */
export function delegate(target: Estimator, prepare: (x: Dataset) => Dataset = (x) => x): Methods {
  const methods: Record<string, (x: Dataset) => unknown> = {};
  for (const name of METHODS) {
    const method = target[name];
    if (method !== undefined) methods[name] = (x) => method(prepare(x));
  }
  return methods;
}
