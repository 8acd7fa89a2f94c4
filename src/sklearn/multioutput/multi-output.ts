import type { Dataset } from '../../data/dataset.ts';
import type { DenseMatrix } from '../../data/dataset.ts';
import type { Label, Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * One member per output; a row's prediction is an array with every member's.
 *
 * Source: sklearn/multioutput.py, `_MultiOutputEstimator.predict`.
 */
export function multiOutputRegressor(state: EstimatorState): Estimator {
  return multiOutput(state, members(state), 'regression');
}

/**
 * The same for classifiers; probabilities are one matrix per output.
 *
 * Source: sklearn/multioutput.py, `MultiOutputClassifier.predict_proba`.
 */
export function multiOutputClassifier(state: EstimatorState): Estimator {
  const parts = members(state);
  const base = multiOutput(state, parts, 'multilabel-classification');
  const sources = parts.flatMap(({ predictProba }) => (predictProba === undefined ? [] : [predictProba]));
  if (sources.length !== parts.length) return base;
  return {
    ...base,
    predictProba: (x): readonly DenseMatrix[] =>
      sources.map((source) => {
        const probabilities = source(x);
        if ('kind' in probabilities) return probabilities;
        throw state.unsupported('a member with several outputs');
      }),
  };
}

function members(state: EstimatorState): Estimator[] {
  const out = state.estimators('estimators_');
  if (out.length === 0) throw state.unsupported('a file without members');
  return out;
}

function multiOutput(state: EstimatorState, parts: readonly Estimator[], task: Estimator['task']): Estimator {
  const predicts = parts.map(({ predict, className }) => {
    if (predict === undefined) throw state.unsupported(`${className} as a member, which has no predict,`);
    return predict;
  });
  return {
    className: state.className,
    task,
    width: state.width ?? parts[0]?.width,
    featureNames: state.featureNames ?? parts[0]?.featureNames,
    predict(x: Dataset): Prediction[] {
      const columns = predicts.map((predict) => predict(x));
      return Array.from({ length: x.rows }, (_, i) => columns.map((column) => column[i] as Label));
    },
  };
}
