import { type Dataset, DenseMatrix } from '../../data/dataset.ts';
import { toCsr } from '../../data/stack-columns.ts';
import { InputError } from '../../errors/input-error.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { finiteInput } from '../base/finite-input.ts';
import { BSpline } from './b-spline.ts';
import { withoutInfinity } from './no-infinity.ts';

/** Writes the spline values of one number into `out`. */
type Evaluate = (x: number, out: Float64Array) => void;

/**
 * Each feature as the values of its B-spline basis functions; the last one is left out without
 * `include_bias`. Outside the knots as `extrapolation` says.
 *
 * Source: sklearn/preprocessing/_polynomial.py, `SplineTransformer.transform`.
 *
 * @throws `ML_INPUT_INVALID` outside the knots with extrapolation="error", `ML_INPUT_MISSING_VALUE` for NaN
 */
export function splineTransformer(state: EstimatorState): Estimator {
  const extrapolation = state.string('extrapolation');
  const missing = state.optionalString('handle_missing') ?? 'error';
  if (missing !== 'error' && missing !== 'zeros') throw state.unsupported(`handle_missing="${missing}"`);
  const splines = state.items('bsplines_').map((item, j) => new BSpline(state.partIn(item, `bsplines_[${j}]`)));
  // scikit-learn raises the degree that linear extrapolation works with after each feature, while it is below 2.
  const evaluators = splines.map((spline, j) =>
    evaluator(state, spline, { extrapolation, degree: Math.max(spline.degree, Math.min(spline.degree + j, 2)) }),
  );
  const bias = state.boolean('include_bias');
  const sparse = state.booleanOr('sparse_output', false);
  const [first] = splines;
  const outputs = first?.outputs ?? 0;
  const kept = bias ? outputs : outputs - 1;
  const { className } = state;
  return {
    className,
    task: 'transformation',
    width: splines.length,
    featureNames: state.featureNames,
    transform(x): Dataset {
      const read = missing === 'zeros' ? withoutInfinity : finiteInput;
      const { rows, cols, data } = read(x, splines.length, className);
      const out = new DenseMatrix(rows, cols * kept);
      const values = new Float64Array(outputs);
      for (let at = 0; at < data.length; at++) {
        const value = data[at] as number;
        if (Number.isNaN(value)) continue;
        (evaluators[at % cols] as Evaluate)(value, values);
        if (extrapolation === 'error' && Number.isNaN(values[0])) {
          throw new InputError(
            'ML_INPUT_INVALID',
            `row ${Math.floor(at / cols)}, column ${at % cols}: ${value} is beyond the knots of ${className}`,
          );
        }
        out.data.set(values.subarray(0, kept), at * kept);
      }
      return sparse ? toCsr(out) : out;
    },
  };
}

interface Extrapolation {
  readonly extrapolation: string;
  /** For linear extrapolation. */
  readonly degree: number;
}

function evaluator(state: EstimatorState, spline: BSpline, { extrapolation, degree }: Extrapolation): Evaluate {
  const [low, high] = spline.domain;
  switch (extrapolation) {
    case 'error':
    case 'continue':
      return (x, out) => spline.evaluate(x, out);
    case 'periodic': {
      const period = high - low;
      return (x, out) => spline.evaluate(low + modulo(x - low, period), out);
    }
    case 'constant':
      return (x, out) => spline.evaluate(Math.min(Math.max(x, low), high), out);
    case 'linear':
      return linear(spline, degree);
    default:
      throw state.unsupported(`extrapolation="${extrapolation}"`);
  }
}

/** Beyond the ends the first and last basis functions go on as straight lines; the others are 0 there. */
function linear(spline: BSpline, degree: number): Evaluate {
  const { knots } = spline;
  const ends = [knots[degree] as number, knots[knots.length - degree - 1] as number].map((x) => {
    const value = new Float64Array(spline.outputs);
    const slope = new Float64Array(spline.outputs);
    spline.evaluate(x, value);
    spline.evaluate(x, slope, 1);
    return { x, value, slope };
  }) as [End, End];
  const [low, high] = ends;
  const count = degree <= 1 ? degree + 1 : degree;
  return (x, out) => {
    if (x >= low.x && x <= high.x) return spline.evaluate(x, out);
    const end = x < low.x ? low : high;
    out.fill(0);
    for (let j = 0; j < count; j++) {
      const k = end === low ? j : out.length - 1 - j;
      out[k] = (end.value[k] as number) + (x - end.x) * (end.slope[k] as number);
    }
  };
}

interface End {
  readonly x: number;
  readonly value: Float64Array;
  readonly slope: Float64Array;
}

/** Python's `%`: the result has the sign of the divisor. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
