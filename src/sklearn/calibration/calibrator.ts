import type { PyValue } from '../../formats/pickle/nodes.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { expit } from '../base/linear-scores.ts';
import { DenseMatrix } from '../../data/dataset.ts';

/** Probabilities from the scores for one class. */
export type Calibrator = (scores: Float64Array) => Float64Array;

/**
 * Platt's `1 / (1 + exp(a_ * s + b_))`, or isotonic regression.
 *
 * Source: sklearn/calibration.py, `_SigmoidCalibration`; sklearn/isotonic.py.
 */
export function calibratorOf(state: EstimatorState, value: PyValue, place: string): Calibrator {
  const part = state.partIn(value, place);
  if (part.className === 'sklearn.calibration._SigmoidCalibration') {
    const a = part.number('a_');
    const b = part.number('b_');
    return (scores) => scores.map((score) => expit(-(a * score + b)));
  }
  if (part.className !== 'sklearn.isotonic.IsotonicRegression')
    throw state.unsupported(`calibration by ${part.className}`);
  const { predict } = state.child(value, place);
  return (scores) => {
    const values = predict?.(new DenseMatrix(scores.length, 1, scores)) ?? [];
    return Float64Array.from(values, Number);
  };
}
