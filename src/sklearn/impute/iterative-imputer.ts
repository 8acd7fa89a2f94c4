import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import { selectColumns } from '../../data/select-columns.ts';
import { stackColumns } from '../../data/stack-columns.ts';
import { isNode, PyObject } from '../../formats/pickle/nodes.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { withoutInfinity } from '../preprocessing/no-infinity.ts';
import { labelOf } from '../base/labels.ts';
import { vectorIn } from '../base/vector-in.ts';
import { missingMask } from './missing-indicator.ts';
import { missingTest } from './missing-value.ts';
import { indicatedFeatures } from './simple-imputer.ts';

interface Step {
  readonly feature: number;
  readonly neighbors: Int32Array;
  readonly predict: NonNullable<Estimator['predict']>;
}

/**
 * Missing values filled first by a simple imputer, then feature after feature by the fitted regressors,
 * in the order and as often as when it was fitted, clipped to `min_value` and `max_value`.
 *
 * Source: sklearn/impute/_iterative.py, `IterativeImputer.transform`.
 */
export function iterativeImputer(state: EstimatorState): Estimator {
  if (state.booleanOr('sample_posterior', false)) throw state.unsupported('sample_posterior, which draws at random,');
  const initial = state.estimator('initial_imputer_');
  const { transform: fillFirst, width } = initial;
  if (fillFirst === undefined || width === undefined) throw state.unsupported('an initial imputer that does not fill');
  const empty = emptyFeatures(state, width);
  const keepsEmpty = state.booleanOr('keep_empty_features', false);
  const kept = Int32Array.from(Array.from({ length: width }, (_, j) => j).filter((j) => keepsEmpty || !empty.has(j)));
  const rounds = state.number('n_iter_');
  const steps = stepsOf(state);
  const low = limits(state, '_min_value', { value: Number.NEGATIVE_INFINITY, count: kept.length });
  const high = limits(state, '_max_value', { value: Number.POSITIVE_INFINITY, count: kept.length });
  const missing = missingTest(state);
  const indicated = indicatedFeatures(state);
  const { className } = state;

  const fill = (x: DenseMatrix): DenseMatrix => {
    const first = toDense(fillFirst(x));
    const filled =
      first.cols === kept.length
        ? new DenseMatrix(x.rows, first.cols, Float64Array.from(first.data))
        : toDense(selectColumns(first, kept));
    const mask = missingMask(x, kept, missing);
    // Features that were empty in training keep their first filling.
    for (let k = 0; k < kept.length; k++) {
      if (empty.has(kept[k] as number)) for (let i = 0; i < x.rows; i++) mask.data[i * kept.length + k] = 0;
    }
    if (rounds === 0 || mask.data.every((value) => value === 1)) return filled;
    for (const step of steps) imputeFeature(filled, mask, { step, low, high });
    return filled;
  };

  return {
    className,
    task: 'transformation',
    width,
    featureNames: state.featureNames,
    transform(x): Dataset {
      const dense = withoutInfinity(x, width, className);
      const filled = fill(dense);
      return indicated === undefined ? filled : stackColumns([filled, missingMask(dense, indicated, missing)], x.rows);
    },
  };
}

interface FeatureStep {
  readonly step: Step;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

function imputeFeature(filled: DenseMatrix, mask: DenseMatrix, { step, low, high }: FeatureStep): void {
  const { feature, neighbors, predict } = step;
  const { cols } = filled;
  const rows: number[] = [];
  for (let i = 0; i < filled.rows; i++) if (mask.data[i * cols + feature] === 1) rows.push(i);
  if (rows.length === 0) return;
  const input = new DenseMatrix(rows.length, neighbors.length);
  let at = 0;
  for (const i of rows) for (const j of neighbors) input.data[at++] = filled.data[i * cols + j] as number;
  const values = predict(input);
  for (const [k, i] of rows.entries()) {
    const value = Math.max(values[k] as number, low[feature] as number);
    filled.data[i * cols + feature] = Math.min(value, high[feature] as number);
  }
}

function stepsOf(state: EstimatorState): Step[] {
  return state.items('imputation_sequence_').map((item, i) => {
    const place = `imputation_sequence_[${i}]`;
    const fields = item instanceof PyObject ? item.args : isNode(item) && item.kind === 'tuple' ? item.items : [];
    const [feature, neighbors, regressor] = fields;
    if (feature === undefined || neighbors === undefined || regressor === undefined)
      throw state.unsupported(`${place} of this kind`);
    const { className, predict } = state.child(regressor, place);
    if (predict === undefined) throw state.unsupported(`${className}, which does not predict, in ${place}`);
    return {
      feature: Number(labelOf(feature)),
      neighbors: Int32Array.from(vectorIn(state, neighbors, place)),
      predict,
    };
  });
}

/** Features without any value in training; versions before 1.3 tell them only by the initial imputer. */
function emptyFeatures(state: EstimatorState, width: number): ReadonlySet<number> {
  const flags = state.has('_is_empty_feature')
    ? Array.from(state.vector('_is_empty_feature'), (flag) => flag !== 0)
    : Array.from(state.part('initial_imputer_').vector('statistics_'), Number.isNaN);
  return new Set(Array.from({ length: width }, (_, j) => j).filter((j) => flags[j]));
}

/** The limit of each feature; one number is that of all, and none is `fallback`. */
function limits(
  state: EstimatorState,
  name: string,
  fallback: { readonly value: number; readonly count: number },
): Float64Array {
  const values = state.optionalVector(name) ?? Float64Array.of(fallback.value);
  if (values.length === fallback.count) return values;
  if (values.length !== 1) throw state.unsupported(`an attribute "${name}" of ${values.length} values`);
  return new Float64Array(fallback.count).fill(values[0] as number);
}
