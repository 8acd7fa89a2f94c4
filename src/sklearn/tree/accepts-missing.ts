import type { Accepts } from '../../kernel/forest-spec.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { atLeast } from '../base/sklearn-version.ts';

const CRITERIA: ReadonlySet<string> = new Set([
  'gini',
  'log_loss',
  'entropy',
  'squared_error',
  'friedman_mse',
  'poisson',
]);

/**
 * Whether a tree takes NaN: since 1.3 with the best splitter, since 1.6 with the random one, too; not with the
 * absolute error, nor with monotonic constraints before 1.9. Infinities never.
 *
 * Source: sklearn/tree/_classes.py, `BaseDecisionTree._support_missing_values` and the `allow_nan` tags.
 */
export function acceptsOfTree(tree: EstimatorState): Accepts {
  const { version } = tree;
  if (!atLeast(version, 1, 3)) return 'finite';
  const splitter = tree.optionalString('splitter') ?? 'best';
  if (atLeast(version, 1, 9)) return splitter === 'random' || !tree.className.includes('ExtraTree') ? 'nan' : 'finite';
  if (tree.has('monotonic_cst')) return 'finite';
  const splitters = atLeast(version, 1, 6) ? ['best', 'random'] : ['best'];
  const criterion = tree.optionalString('criterion');
  return splitters.includes(splitter) && criterion !== undefined && CRITERIA.has(criterion) ? 'nan' : 'finite';
}

/**
 * The same for a forest, whose first tree decides, from 1.4 on.
 *
 * Source: sklearn/ensemble/_forest.py, `BaseForest._validate_X_predict`.
 */
export function acceptsOfForest(forest: EstimatorState, first: EstimatorState): Accepts {
  return atLeast(forest.version, 1, 4) ? acceptsOfTree(first) : 'finite';
}
