import type { Estimator, EstimatorConstructor } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { selector, type SupportMask } from './selector.ts';
import { fdrMask, fprMask, fweMask, kBestMask, percentileMask } from './univariate-masks.ts';

type Mode = 'percentile' | 'k_best' | 'fpr' | 'fdr' | 'fwe';

/** The features that a rule on scores or p-values keeps. The function that scored them is not needed. */
export function univariate(mode: Mode, parameter: string): EstimatorConstructor {
  return (state) => selector(state, maskOf(state, mode, parameter));
}

/** The same with the rule in `mode`. Source: sklearn/feature_selection/_univariate_selection.py. */
export function genericUnivariateSelect(state: EstimatorState): Estimator {
  const mode = state.string('mode');
  if (!isMode(mode)) throw state.unsupported(`mode="${mode}"`);
  return selector(state, maskOf(state, mode, 'param'));
}

function isMode(mode: string): mode is Mode {
  return ['percentile', 'k_best', 'fpr', 'fdr', 'fwe'].includes(mode);
}

function maskOf(state: EstimatorState, mode: Mode, parameter: string): SupportMask {
  switch (mode) {
    case 'k_best':
      return kBestMask(state.vector('scores_'), state.get(parameter) === 'all' ? 'all' : state.number(parameter));
    case 'percentile':
      return percentileMask(state.vector('scores_'), state.number(parameter));
    case 'fpr':
      return fprMask(state.vector('pvalues_'), state.number(parameter));
    case 'fwe':
      return fweMask(state.vector('pvalues_'), state.number(parameter));
    default:
      return fdrMask(state.vector('pvalues_'), state.number(parameter));
  }
}
