import type { Dataset } from '../../data/dataset.ts';
import { InputError } from '../../errors/input-error.ts';
import { denseOf, mapValues } from '../base/columns.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';
import { withoutInfinity } from './no-infinity.ts';
import { boxCox, inverseBoxCox, inverseYeoJohnson, yeoJohnson } from './power-functions.ts';

type Power = (value: number, lambda: number) => number;

/**
 * Yeo-Johnson or Box-Cox of each column with its own lambda, then standardised where asked for.
 *
 * Source: sklearn/preprocessing/_data.py, `PowerTransformer`.
 *
 * @throws `ML_INPUT_INVALID` for a Box-Cox of values that are not positive, as scikit-learn
 */
export function powerTransformer(state: EstimatorState): Estimator {
  const method = state.string('method');
  if (method !== 'yeo-johnson' && method !== 'box-cox') throw state.unsupported(`method="${method}"`);
  const lambdas = state.vector('lambdas_');
  const scaler = state.boolean('standardize') ? state.estimator('_scaler') : undefined;
  const { className } = state;
  const positive = method === 'box-cox';
  const forward: Power = positive ? boxCox : yeoJohnson;
  const inverse: Power = positive ? inverseBoxCox : inverseYeoJohnson;
  return {
    className,
    task: 'transformation',
    width: lambdas.length,
    featureNames: state.featureNames,
    transform(x): Dataset {
      const dense = withoutInfinity(x, lambdas.length, className);
      const at = positive ? dense.data.findIndex((value) => value <= 0) : -1;
      if (at >= 0) {
        const row = Math.floor(at / dense.cols);
        throw new InputError(
          'ML_INPUT_INVALID',
          `row ${row}, column ${at % dense.cols}: ${dense.data[at]} is not positive, and Box-Cox takes only positive values`,
          {
            details: { row, column: at % dense.cols },
          },
        );
      }
      const powers = mapValues(dense, (value, j) => forward(value, lambdas[j] as number));
      return scaler?.transform?.(powers) ?? powers;
    },
    inverseTransform(x): Dataset {
      const dense = withoutInfinity(x, lambdas.length, className);
      const powers = scaler?.inverseTransform?.(dense) ?? dense;
      return mapValues(denseOf(powers, lambdas.length, className), (value, j) => inverse(value, lambdas[j] as number));
    },
  };
}
