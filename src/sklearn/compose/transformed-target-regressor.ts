import { type Dataset, DenseMatrix, toDense } from '../../data/dataset.ts';
import type { Prediction } from '../../spec/model.ts';
import type { Estimator } from '../base/estimator.ts';
import type { EstimatorState } from '../base/estimator-state.ts';

/**
 * A regressor on a transformed target: its predictions go through the transformer's inverse, as a column
 * where they are one value per row.
 *
 * Source: sklearn/compose/_target.py, `TransformedTargetRegressor.predict`.
 */
export function transformedTargetRegressor(state: EstimatorState): Estimator {
  const regressor = state.estimator('regressor_');
  const { inverseTransform } = state.estimator('transformer_');
  const { predict } = regressor;
  if (predict === undefined)
    throw state.unsupported(`${regressor.className}, which does not predict, as the regressor`);
  if (inverseTransform === undefined) throw state.unsupported('a transformer without an inverse');
  const flat = state.number('_training_dim') === 1;
  return {
    className: state.className,
    task: 'regression',
    width: regressor.width,
    featureNames: state.featureNames ?? regressor.featureNames,
    ...(regressor.optionalFeatures !== undefined && { optionalFeatures: regressor.optionalFeatures }),
    predict(x: Dataset): ArrayLike<Prediction> {
      if (x.rows === 0) return [];
      const { rows, cols, data } = toDense(inverseTransform(columnsOf(predict(x), x.rows)));
      if (cols === 1 && flat) return data;
      return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
    },
  };
}

/** Predictions as a matrix, one column where they are one value per row. */
function columnsOf(predictions: ArrayLike<Prediction>, rows: number): DenseMatrix {
  const first = predictions[0];
  const cols = Array.isArray(first) ? first.length : 1;
  const out = new DenseMatrix(rows, cols);
  for (let i = 0; i < rows; i++) {
    const row = predictions[i];
    for (let k = 0; k < cols; k++) out.data[i * cols + k] = Number(Array.isArray(row) ? row[k] : row);
  }
  return out;
}
