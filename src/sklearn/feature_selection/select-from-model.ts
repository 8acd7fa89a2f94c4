import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { importancesOf } from './importances.ts';
import { selector, type SupportMask } from './selector.ts';

/**
 * The features whose importance for the fitted estimator reaches a threshold, at most `max_features`.
 *
 * Source: sklearn/feature_selection/_from_model.py, `SelectFromModel`.
 */
export function selectFromModel(state: EstimatorState): Estimator {
  const fitted = state.part(state.has('estimator_') ? 'estimator_' : 'estimator');
  const scores = importancesOf(state, fitted);
  const limit = thresholdOf(state, fitted, scores);
  const most = mostFeatures(state);
  const best = new Set(most === undefined ? scores.keys() : strongest(scores).slice(0, most));
  const mask: SupportMask = Array.from(scores, (score, j) => best.has(j) && !(score < limit));
  const made = selector(state, mask);
  return { ...made, featureNames: state.featureNames ?? fitted.featureNames };
}

function mostFeatures(state: EstimatorState): number | undefined {
  if (!state.has('max_features')) return undefined;
  return state.number(state.firstOf('max_features_', 'max_features'));
}

/** Positions from the highest score down, the first of equals first. */
function strongest(scores: Float64Array): number[] {
  return Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}

function thresholdOf(state: EstimatorState, fitted: EstimatorState, scores: Float64Array): number {
  const threshold = state.get('threshold');
  if (typeof threshold !== 'string') {
    if (threshold !== null && threshold !== undefined) return state.number('threshold');
    return sparsePenalty(fitted) ? 1e-5 : mean(scores);
  }
  const [scale, reference] = threshold.includes('*') ? threshold.split('*') : ['1', threshold];
  const of = (reference ?? '').trim();
  const factor = Number((scale ?? '').trim());
  if (Number.isNaN(factor) || (of !== 'mean' && of !== 'median')) throw state.unsupported(`threshold="${threshold}"`);
  return factor * (of === 'mean' ? mean(scores) : median(scores));
}

/** An estimator whose penalty makes coefficients 0, for which the threshold is near 0. */
function sparsePenalty(fitted: EstimatorState): boolean {
  const name = fitted.className.split('.').at(-1) ?? '';
  const isOne = (attribute: string): boolean =>
    fitted.has(attribute) && Math.abs(fitted.number(attribute) - 1) <= 1e-8 + 1e-5;
  return (
    fitted.get('penalty') === 'l1' ||
    name.includes('Lasso') ||
    (name === 'ElasticNet' && isOne('l1_ratio')) ||
    (name === 'ElasticNetCV' && isOne('l1_ratio_'))
  );
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const high = sorted[middle] as number;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] as number) + high) / 2;
}
