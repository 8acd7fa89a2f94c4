import { isNode } from '../formats/pickle/nodes.ts';
import { labelledRows } from '../category_encoders/pandas-tables.ts';
import { columnListTransformer } from '../sklearn/base/column-list-transformer.ts';
import type { Estimator } from '../sklearn/base/estimator.ts';
import type { EstimatorState } from '../sklearn/base/estimator-state.ts';
import { labelOf } from '../sklearn/base/labels.ts';
import { boxCox, yeoJohnson } from '../sklearn/preprocessing/power-functions.ts';
import { entriesOf, type Features, featuresOf, finiteIn, invalidAt, placeOf, variablesOf } from './features.ts';

/** One value of the column at `place`; `undefined` where the transformer refuses it. */
type Transformation = (value: number, place: number) => number | undefined;

/**
 * Applies a function to each variable.
 *
 * Source: feature_engine/_base_transformers/base_numerical.py.
 *
 * @throws `ML_INPUT_MISSING_VALUE`, `ML_INPUT_DTYPE` for missing, infinite and refused values
 */
function elementwise(
  state: EstimatorState,
  make: (features: Features) => readonly [Transformation, refusal: string],
): Estimator {
  const features = featuresOf(state);
  const variables = variablesOf(state, features);
  const [transform, why] = make(features);
  return columnListTransformer(features, (columns) => {
    for (const place of variables) finiteIn(features, columns, place);
    for (const place of variables) {
      columns[place] = finiteIn(features, columns, place).map((value, row) => {
        const made = transform(value, place);
        if (made === undefined) throw invalidAt(features, { row, place, value, why });
        return made;
      });
    }
    return columns;
  });
}

/** Source: feature_engine/transformation/log.py, `LogTransformer`. */
export function logTransformer(state: EstimatorState): Estimator {
  const log = logarithm(state);
  return elementwise(state, () => [(value) => (value > 0 ? log(value) : undefined), 'must be positive']);
}

/** `log(x + C)`. Source: feature_engine/transformation/log.py, `LogCpTransformer`. */
export function logCpTransformer(state: EstimatorState): Estimator {
  const log = logarithm(state);
  return elementwise(state, (features) => {
    const shift = perColumn(state, features, 'C_');
    return [
      (value, place) => {
        const shifted = value + shift(place);
        return shifted > 0 ? log(shifted) : undefined;
      },
      'must be positive after the constant was added',
    ];
  });
}

/** Source: feature_engine/transformation/reciprocal.py. */
export function reciprocalTransformer(state: EstimatorState): Estimator {
  return elementwise(state, () => [(value) => (value === 0 ? undefined : 1 / value), 'has no reciprocal']);
}

/** Source: feature_engine/transformation/power.py. */
export function powerTransformer(state: EstimatorState): Estimator {
  const exponent = state.number('exp');
  return elementwise(state, () => [(value) => (exponent === 0.5 ? Math.sqrt(value) : value ** exponent), '']);
}

/** Source: feature_engine/transformation/arcsin.py. */
export function arcsinTransformer(state: EstimatorState): Estimator {
  return elementwise(state, () => [
    (value) => (value < 0 || value > 1 ? undefined : Math.asin(Math.sqrt(value))),
    'must be between 0 and 1',
  ]);
}

/** Source: feature_engine/transformation/arcsinh.py. */
export function arcSinhTransformer(state: EstimatorState): Estimator {
  const [loc, scale] = [state.number('loc'), state.number('scale')];
  return elementwise(state, () => [(value) => Math.asinh((value - loc) / scale), '']);
}

/** Source: feature_engine/transformation/boxcox.py. */
export function boxCoxTransformer(state: EstimatorState): Estimator {
  return elementwise(state, (features) => {
    const lambda = perColumn(state, features, 'lambda_dict_');
    return [(value, place) => (value > 0 ? boxCox(value, lambda(place)) : undefined), 'must be positive'];
  });
}

/** Source: feature_engine/transformation/yeojohnson.py. */
export function yeoJohnsonTransformer(state: EstimatorState): Estimator {
  return elementwise(state, (features) => {
    const lambda = perColumn(state, features, 'lambda_dict_');
    return [(value, place) => yeoJohnson(value, lambda(place)), ''];
  });
}

/** `(x - mean) / range`. Source: feature_engine/scaling/mean_normalization.py. */
export function meanNormalizationScaler(state: EstimatorState): Estimator {
  return elementwise(state, (features) => {
    const mean = perColumn(state, features, 'mean_');
    const range = perColumn(state, features, 'range_');
    return [(value, place) => (value - mean(place)) / range(place), ''];
  });
}

function logarithm(state: EstimatorState): (value: number) => number {
  const base = state.string('base');
  if (base === 'e') return Math.log;
  if (base === '10') return Math.log10;
  throw state.unsupported(`base="${base}"`);
}

/** A number for each column: one for all, a dictionary, or a Series of pandas. */
function perColumn(state: EstimatorState, features: Features, name: string): (place: number) => number {
  const value = state.get(name);
  if (isNode(value) && value.kind === 'object') {
    const { labels, values } = labelledRows(state, value, name);
    return lookup(labels.map((label, i) => [placeOf(state, features, label), values[i] as number]));
  }
  if (isNode(value) && value.kind === 'dict') {
    return lookup(entriesOf(state, features, name).map(([place, one]) => [place, Number(labelOf(one))]));
  }
  const number = state.number(name);
  return () => number;
}

function lookup(pairs: readonly (readonly [number, number])[]): (place: number) => number {
  const numbers = new Map(pairs);
  return (place) => numbers.get(place) ?? Number.NaN;
}
